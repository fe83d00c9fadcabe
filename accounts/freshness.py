"""Whoever finds a browser open must not make a way in for good."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frodo.errors import Refused

FRESH = timedelta(minutes=15)


class SignedInLongAgo(Refused):
    code = "signed_in_long_ago"
    message = _("Sign out and in again first: whoever finds your browser open must not add a way of their own.")
    status = 403


def must_be_fresh(user: User, since: datetime | None = None) -> None:
    """One of the staff must have signed in just now; `since`: where that was not by a browser."""
    since = since or user.last_login
    if user.is_guarded and (since is None or since <= timezone.now() - FRESH):
        raise SignedInLongAgo
