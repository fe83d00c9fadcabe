"""Endpoints of webhooks and a log of deliveries."""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OVERLAP = timedelta(hours=24)
"""How long after a rotation the former secret signs as well."""


class EventType(models.TextChoices):
    POST_PUBLISHED = "post.published", _("Post published")
    POST_UPDATED = "post.updated", _("Post updated")
    POST_UNPUBLISHED = "post.unpublished", _("Post unpublished")
    POST_DELETED = "post.deleted", _("Post deleted")
    COMMENT_CREATED = "comment.created", _("Comment created")
    COMMENT_PENDING = "comment.pending", _("Comment awaiting approval")
    COMMENT_APPROVED = "comment.approved", _("Comment approved")
    COMMENT_EDITED = "comment.edited", _("Comment edited")
    COMMENT_DELETED = "comment.deleted", _("Comment deleted")
    MODERATION_DECIDED = "moderation.decided", _("Moderation decision")
    MODERATION_UNDONE = "moderation.undone", _("Moderation decision undone")


TEST = "webhook.test"


class WebhookEndpoint(models.Model):
    """A URL that receives events. Its secrets are derived from SECRET_KEY, so no backup contains them."""

    url = models.URLField(_("URL"), max_length=500, validators=[URLValidator(["https", "http"])])
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = models.JSONField(_("events"), default=list, blank=True, help_text=_("If none is selected, all are sent."))
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), auto_now_add=True)
    n_rotations = models.PositiveIntegerField(default=0, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    disabled_at = models.DateTimeField(_("disabled after failures"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.description or self.url

    def clean(self) -> None:
        if unknown := set(self.events) - set(EventType.values):
            raise ValidationError({"events": _("“%(name)s” is not an event.") % {"name": unknown.pop()}})

    @property
    def secret(self) -> str:
        """As Standard Webhooks writes it: `whsec_` and 32 bytes in Base64."""
        return f"whsec_{b64encode(self.key(self.n_rotations)).decode()}"

    def key(self, n: int) -> bytes:
        return salted_hmac("blog.webhooks", f"{self.pk}/{n}", algorithm="sha256").digest()

    def keys_now(self, now: datetime) -> list[bytes]:
        """The current key first; for a day after a rotation the former one as well."""
        keys = [self.key(self.n_rotations)]
        if self.rotated_at is not None and now < self.rotated_at + OVERLAP:
            keys.append(self.key(self.n_rotations - 1))
        return keys

    def rotate(self) -> None:
        self.n_rotations, self.rotated_at = self.n_rotations + 1, timezone.now()
        self.save(update_fields=["n_rotations", "rotated_at"])

    def is_subscribed_to(self, type: str) -> bool:
        return not self.events or type in self.events


def new_uid() -> str:
    return f"msg_{secrets.token_hex(12)}"


class WebhookDelivery(models.Model):
    """One event for one endpoint. The payload is made when it is sent, so the log contains no text of comments."""

    class State(models.TextChoices):
        PENDING = "pending", _("Queued")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    uid = models.CharField(_("message ID"), max_length=40, unique=True, default=new_uid)
    type = models.CharField(_("event"), max_length=40)
    subject = models.JSONField(pgettext_lazy("webhook", "about"), default=dict)
    """Keys of rows, and of a deleted post its title and URL."""
    created_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    attempted_at = models.DateTimeField(_("last attempt"), null=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    response = models.CharField(_("response"), max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.event_name} {self.uid}"

    @property
    def event_name(self) -> str:
        """In the current language; of a test, its type."""
        return str(dict(EventType.choices).get(self.type, self.type))
