"""The time trap: a page gets a signed time, and brings it back with the comment."""

from django.core import signing
from django.utils import timezone

SALT = "blog.moderation.ticket"
TOO_OLD = 2 * 24 * 3600
"""Seconds. One that is older was rather collected than opened in a browser."""


def new() -> str:
    return signing.dumps(round(timezone.now().timestamp(), 1), salt=SALT)


def ticket(post: int, *, user, visitor: str) -> dict:
    """For /api/me/."""
    return {"ticket": new()}


def age(ticket: str) -> float | None:
    """Seconds since it was given; None for one that we did not write."""
    try:
        given = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        return None
    return timezone.now().timestamp() - given if isinstance(given, int | float) else None
