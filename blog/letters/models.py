from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from blog.letters.querysets import LetterQuerySet


class MailboxManager(models.Manager):
    def of(self, email: str) -> "Mailbox":
        return self.get_or_create(key=key_of(email))[0]

    def known(self, email: str) -> "Mailbox | None":
        return self.filter(key=key_of(email)).first() if email else None


class Mailbox(models.Model):
    """What the owner of an address has said to us.

    The address itself is not kept here but a keyed hash of it: so the wish to get no mail outlives the address.
    """

    key = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=10, blank=True)
    """In which the owner last wrote here."""
    seen_at = models.DateTimeField(default=timezone.now)
    """When mail was last asked for in its name."""
    asked_at = models.DateTimeField(null=True)
    confirmed = models.JSONField(default=list)
    """Accounts and browsers of which the owner said: that is me. What another types in the address's name is not."""
    closed_at = models.DateTimeField(null=True)
    """When they said that they want no mail at all."""

    objects = MailboxManager()

    def __str__(self) -> str:
        return self.key[:8]

    def wants(self, post) -> bool:
        return self.closed_at is None and not self.mutes.filter(post=post).exists()

    @property
    def may_be_asked(self) -> bool:
        """Once, until what we know of an unconfirmed address is forgotten. Who is known here may have a new browser."""
        if self.closed_at:
            return False
        pause = timedelta(days=1 if self.confirmed else settings.COMMENT_FORGET_DAYS)
        return self.asked_at is None or self.asked_at < timezone.now() - pause


def key_of(email: str) -> str:
    """Equal for what is one mailbox everywhere. Only ASCII loses its case: some letters fold into other addresses."""
    normal = "".join(c.lower() if c.isascii() else c for c in email.strip())
    return salted_hmac("blog.letters.mailbox", normal, algorithm="sha256").hexdigest()


class Mute(models.Model):
    """No letters about this post's discussion."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="mutes")
    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "post"], name="muted_once")]

    def __str__(self) -> str:
        return f"{self.mailbox}: {self.post_id}"


class Letter(models.Model):
    """One letter to one person, from the moment it is due until it is sent, and a while after."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("Answered")
        MENTION = "mention", _("Mentioned")
        COMMENT = "comment", _("To the author: new comment")
        HELD = "held", _("To the author: waits for approval")
        CONFIRM = "confirm", _("Is this your address?")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        TAKEN = "taken", _("Taken to be sent")
        HANDED = "handed", _("Being handed over")
        SENT = "sent", _("Sent")
        UNKNOWN = "unknown", _("Perhaps sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("Not wanted any more")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="letters")
    to = models.EmailField(_("recipient"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="letters", verbose_name=_("user")
    )
    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="letters", verbose_name=_("comment"))
    """What it tells of; with CONFIRM, the one by which mail was asked for."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(_("queued"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    taken_by = models.CharField(max_length=32, blank=True)
    taken_until = models.DateTimeField(null=True)
    n_tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    said = models.CharField(_("what the server said"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [models.UniqueConstraint(fields=["comment", "mailbox"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.to}"
