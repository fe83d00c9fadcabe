"""`Authorization: Bearer <token>`, for the API: of a device or a person's own (docs/tokens.md)."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import Credential
from accounts.tokens.reading import aread, read
from accounts.tokens.signed import TokenInvalid


class TokenAuthentication(BaseAuthentication):
    """`request.auth` is a Credential. What a cookie says of who speaks is not looked at then."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        token = token_in(request)
        if token is None:
            return None
        try:
            credential = read(token)
        except TokenInvalid as error:
            raise AuthenticationFailed(str(error), error.code) from error
        return credential.user, credential

    async def aauthenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The same from the event loop."""
        token = token_in(request)
        if token is None:
            return None
        try:
            credential = await aread(token)
        except TokenInvalid as error:
            raise AuthenticationFailed(str(error), error.code) from error
        return credential.user, credential

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def token_in(request: Request) -> str | None:
    """None where the header is missing, or speaks of something else than tokens."""
    kind, _space, token = get_authorization_header(request).partition(b" ")
    return token.strip().decode("latin-1") if kind.lower() == b"bearer" else None
