"""`Authorization: Bearer <token>` for the API: access tokens and personal access tokens (docs/tokens.md)."""

from typing import cast

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens.models import Device, PersonalToken
from accounts.tokens.services import TokenInvalid, verify


class TokenAuthentication(BaseAuthentication):
    """`request.auth` is the device or the personal access token; cookies are ignored then."""

    def authenticate(self, request: Request) -> tuple[User, Device | PersonalToken] | None:
        kind, _space, token = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        try:
            found = verify(token.strip().decode("latin-1"))
        except TokenInvalid as error:
            raise AuthenticationFailed(str(error), error.code) from error
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def signed_in_user(request: HttpRequest | Request) -> User:
    """`request.user`, where only signed-in users come: behind `SignedIn`, `login_required` or the admin."""
    return cast(User, request.user)
