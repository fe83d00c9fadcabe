"""Guests: a signed cookie with a random ID of the browser and the name last used."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "visitor"
TWO_YEARS = 2 * 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Guest:
    id: str = ""
    name: str = ""


def read(request: HttpRequest) -> Guest:
    """The guest of a request; empty without a valid cookie."""
    try:
        cookie = request.COOKIES.get(cookie_name()) or request.COOKIES.get(COOKIE, "")
        data = signing.loads(cookie, salt=COOKIE)
        return Guest(str(data["id"])[:32], str(data["name"])[:60])
    except (signing.BadSignature, KeyError, TypeError):
        return Guest()


def cookie_name() -> str:
    return settings.COOKIE_PREFIX + COOKIE


def new_id() -> str:
    return secrets.token_urlsafe(16)


def remember(response: HttpResponse, visitor: Guest) -> None:
    response.set_cookie(
        cookie_name(),
        signing.dumps({"id": visitor.id, "name": visitor.name}, salt=COOKIE),
        max_age=TWO_YEARS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
