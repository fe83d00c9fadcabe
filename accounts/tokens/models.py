from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.tokens.credential import SCOPES
from frodo.fields import ExactCharField

NAME_LENGTH = 100


class DeviceQuerySet(models.QuerySet):
    def alive(self, now: datetime | None = None) -> DeviceQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now or timezone.now())

    def over(self, before: datetime) -> DeviceQuerySet:
        return self.filter(Q(revoked_at__lte=before) | Q(expires_at__lte=before))

    def newest(self) -> DeviceQuerySet:
        return self.order_by("-used_at", "-pk")

    def revoke(self, now: datetime | None = None) -> int:
        """Every token that was given to these is void at once."""
        return self.filter(revoked_at=None).update(revoked_at=now or timezone.now())


class Device(models.Model):
    """Where a program signed in: the family of all tokens that came of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    """Around the address that asked last."""
    session = ExactCharField(max_length=64, editable=False)
    """`session_of(user)` when it signed in: another password ends it."""
    refresh = ExactCharField(max_length=32, editable=False)
    """The id of the refresh token that is valid now; `previous`, of the one before it."""
    previous = ExactCharField(max_length=32, blank=True, editable=False)
    rotated_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(_("signed in"))
    used_at = models.DateTimeField(_("last used"))
    expires_at = models.DateTimeField(_("ends"), db_index=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, db_index=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return self.name or str(_("A program without a name"))

    def is_alive(self, now: datetime) -> bool:
        """For its user, who must be loaded with it."""
        return (
            self.revoked_at is None
            and self.expires_at > now
            and self.user.is_active
            and self.session == session_of(self.user)
        )


def session_of(user) -> str:
    """Another one when the password is."""
    return sha256(user.get_session_auth_hash().encode()).hexdigest()


class PersonalTokenQuerySet(models.QuerySet):
    def alive(self, now: datetime | None = None) -> PersonalTokenQuerySet:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now or timezone.now()))

    def newest(self) -> PersonalTokenQuerySet:
        return self.order_by("-created_at", "-pk")


class PersonalToken(models.Model):
    """What a person made for a script. The row holds a digest: the token itself is shown once and kept nowhere."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="personal_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    digest = ExactCharField(max_length=64, unique=True, editable=False)
    begins_with = models.CharField(_("begins with"), max_length=20, editable=False)
    """Enough to tell it from others, not enough to use it."""
    scope = models.CharField(_("scopes"), max_length=200)
    """Names out of SCOPES, with spaces between."""
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)

    objects = PersonalTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal token")
        verbose_name_plural = _("personal tokens")

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[str]:
        return [scope for scope in SCOPES if scope in self.scope.split()]

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
