"""A guest's browser, known again by a signed cookie with a random word and the name last used."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "visitor"
TWO_YEARS = 2 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Visitor:
    id: str = ""
    name: str = ""


def read(request: HttpRequest) -> Visitor:
    """Who it says it is; nobody when there is no cookie, or one that we did not write."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE)
        return Visitor(str(said["id"])[:32], str(said["name"])[:60])
    except (signing.BadSignature, KeyError, TypeError):
        return Visitor()


def new_id() -> str:
    return secrets.token_urlsafe(16)


def remember(response: HttpResponse, visitor: Visitor) -> None:
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": visitor.id, "name": visitor.name}, salt=COOKIE),
        max_age=TWO_YEARS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
