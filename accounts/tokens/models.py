"""Devices on which programs sign in, and personal access tokens."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frodo.async_models import AsyncModel
from frodo.fields import ExactCharField

if TYPE_CHECKING:
    from accounts.models import User

NAME_LENGTH = 100
SCOPES = {
    "read": _("Read, including your own drafts"),
    "posts": _("Write posts, pages, tags and topics"),
    "activities": _("Write activities"),
    "uploads": _("Upload images"),
    "comments": _("Comment and react"),
}
"""What a personal access token may be used for. Each includes reading; none allows more than its owner may do."""


class DeviceQuerySet(models.QuerySet["Device"]):
    def alive(self, now: datetime | None = None) -> DeviceQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now or timezone.now())

    def newest(self) -> DeviceQuerySet:
        return self.order_by("-used_at", "-pk")

    def revoke(self, now: datetime | None = None) -> int:
        """Invalidate all tokens of these devices."""
        return self.filter(revoked_at=None).update(revoked_at=now or timezone.now())


class Device(AsyncModel):
    """A program that is signed in: the family of all its access and refresh tokens."""

    public = ("id", "name", "network", "created_at", "used_at", "expires_at")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    """Of the client IP of the last sign-in or refresh."""
    session = ExactCharField(max_length=64, editable=False)
    """`session_of(user)` at sign-in: a new password ends it."""
    refresh = ExactCharField(max_length=32, editable=False)
    """The id of the valid refresh token; `previous`: of the one before it."""
    previous = ExactCharField(max_length=32, blank=True, editable=False)
    rotated_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(pgettext_lazy("time", "signed in"))
    used_at = models.DateTimeField(_("last used"))
    expires_at = models.DateTimeField(_("ends"), db_index=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, db_index=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return self.name or str(_("Unnamed app"))

    def allows(self, scope: str | None) -> bool:
        return True

    def is_alive(self, now: datetime) -> bool:
        is_ended = self.revoked_at is not None or self.expires_at <= now
        return not is_ended and self.user.is_active and self.session == session_of(self.user)


def session_of(user: User) -> str:
    """Changes with the password."""
    return sha256(user.get_session_auth_hash().encode()).hexdigest()


class PersonalToken(AsyncModel):
    """A personal access token, made for a script. The token itself is shown once; the row holds its digest."""

    public = ("id", "name", "begins_with", "scopes", "created_at", "used_at", "expires_at")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="personal_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    digest = ExactCharField(max_length=64, unique=True, editable=False)
    begins_with = models.CharField(_("begins with"), max_length=20, editable=False)
    scope = models.CharField(_("scopes"), max_length=200)
    """Names from SCOPES, separated by spaces."""
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)

    class Meta:
        verbose_name = _("personal token")
        verbose_name_plural = _("personal tokens")

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[Literal[tuple(SCOPES)]]:  # type: ignore[valid-type]  # the API's schema reads it
        return [scope for scope in SCOPES if scope in self.scope.split()]

    def allows(self, scope: str | None) -> bool:
        """None: what needs a device that is signed in."""
        return scope in self.scopes or (scope == "read" and bool(self.scopes))
