"""Signed timestamp of the comment form: bots submit too fast or much too late."""

from django.core import signing
from django.utils import timezone

from accounts.models import AnyUser

SALT = "blog.moderation.ticket"
TOO_OLD = 2 * 24 * 3600
"""Seconds after which a timestamp was rather collected by a bot than opened in a browser."""


def new() -> str:
    return signing.dumps(round(timezone.now().timestamp(), 1), salt=SALT)


def ticket(post: int, *, user: AnyUser, visitor: str) -> dict:
    """For /api/me/: a new timestamp."""
    return {"ticket": new()}


def age(ticket: str) -> float | None:
    """Seconds since it was issued; None if the signature is wrong."""
    try:
        given = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        return None
    return timezone.now().timestamp() - given if isinstance(given, int | float) else None
