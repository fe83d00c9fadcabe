from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frodo.fields import ExactCharField


class SecondStep(models.Model):
    """Somebody who has one signs in with a code besides."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_step", verbose_name=_("user")
    )
    secret = models.CharField(max_length=200, editable=False)
    """What the app and we know, sealed with a key made of SECRET_KEY."""
    last_step = models.BigIntegerField(default=0, editable=False)
    """Half minutes since 1970 of the newest code used: it, and those before it, are void."""
    created_at = models.DateTimeField(_("turned on"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("second step at sign-in")
        verbose_name_plural = _("second steps at sign-in")

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """For whoever has lost the phone. The row goes when it is used; it holds a digest."""

    step = models.ForeignKey(SecondStep, models.CASCADE, related_name="recovery_codes")
    digest = ExactCharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "digest"], name="one_recovery_code")]

    def __str__(self) -> str:
        return self.digest[:8]
