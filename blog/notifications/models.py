from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from blog.posts.models import Post


class SubscriberManager(models.Manager["Subscriber"]):
    def of(self, email: str) -> "Subscriber":
        return self.get_or_create(key=key_of(email))[0]

    def known(self, email: str) -> "Subscriber | None":
        return self.filter(key=key_of(email)).first() if email else None


class Subscriber(models.Model):
    """Choices of the owner of an e-mail address.

    The address is stored as a keyed hash, so that "no e-mails" outlives the address itself.
    """

    key = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10, blank=True)
    """Language that the owner last used here."""
    seen_at = models.DateTimeField(default=timezone.now)
    """When somebody last subscribed with this address."""
    asked_at = models.DateTimeField(null=True)
    confirmed = models.JSONField(default=list)
    """Accounts and browsers for which the owner confirmed the address."""
    closed_at = models.DateTimeField(null=True)
    """When the owner unsubscribed from all e-mails."""

    objects = SubscriberManager()

    def __str__(self) -> str:
        return self.key[:8]

    def wants(self, post: "Post") -> bool:
        return self.closed_at is None and not self.muted_posts.filter(post=post).exists()

    @property
    def may_be_asked(self) -> bool:
        """Whether a confirmation e-mail may be sent: once, until the unconfirmed address is erased; daily for a
        confirmed one.
        """
        if self.closed_at:
            return False
        pause = timedelta(days=1 if self.confirmed else settings.COMMENT_IP_RETENTION_DAYS)
        return self.asked_at is None or self.asked_at < timezone.now() - pause


def key_of(email: str) -> str:
    """A keyed hash that is equal for equal addresses. Only ASCII is lower-cased: other letters may be distinct."""
    normal = "".join(c.lower() if c.isascii() else c for c in email.strip())
    return salted_hmac("blog.notifications.mailbox", normal, algorithm="sha256").hexdigest()


class MutedPost(models.Model):
    """The subscriber muted this post's discussion."""

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="muted_posts")
    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "post"], name="muted_once")]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.post_id}"


class QueuedEmail(models.Model):
    """One e-mail to one recipient about one comment; the job "send_email" sends it."""

    class Kind(models.TextChoices):
        REPLY = "answer", _("Answered")
        MENTION = "mention", _("Mentioned")
        COMMENT = "comment", _("To the author: new comment")
        PENDING = "pending", _("To the author: awaiting approval")
        CONFIRM = "confirm", _("Is this your address?")

    kind = models.CharField(max_length=10, choices=Kind)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="queued_emails")
    to = models.EmailField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="queued_emails")
    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="queued_emails")
    """The comment it is about; with CONFIRM, the one that subscribed."""
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "subscriber"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.to}"
