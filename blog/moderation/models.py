import re
import unicodedata
from ipaddress import ip_network
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.moderation.text_matching import folded
from frodo.fields import ExactCharField, validate_moments
from frodo.snapshots import changed

SNAPSHOT = "moderation"
NO_HOST = re.compile(r"[\s@:?#\\]")
"""Beside a host: an account, a port, a query. No comment would match it."""


class PolicyQuerySet(models.QuerySet):
    """Rows that blog.moderation.policy keeps in memory. `update()` sends no signal, so it invalidates them here."""

    def update(self, **values: Any) -> int:
        n = super().update(**values)
        changed(SNAPSHOT)
        return n


class BlockQuerySet(PolicyQuerySet):
    def in_force(self) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()), lifted_at=None)


class DecisionQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """Decisions that were not undone."""
        return self.filter(undone_at=None)

    def of_people(self) -> Self:
        return self.filter(source__in=["admin", "link"])

    def for_history(self) -> Self:
        return self.select_related("by", "undone_by")


class SpamWaveQuerySet(PolicyQuerySet):
    def now(self) -> "SpamWave | None":
        """The current spam wave, if any."""
        waves: models.QuerySet[Any] = self
        return waves.filter(until__gt=timezone.now(), ended_at=None).first()


PERSON = settings.AUTH_USER_MODEL


class Rule(models.Model):
    """A rule that each comment is checked against."""

    class Kind(models.TextChoices):
        WORD = "word", _("Word or phrase")
        LINKS = "links", _("More links than")
        HOST = "host", _("Link to a host")
        NAME = "name", _("Name of the commenter")
        EMAIL = "email", _("E-mail domain")

    class Action(models.TextChoices):
        HOLD = "hold", _("Hold the comment")
        REFUSE = "refuse", _("Reject the comment")

    kind = models.CharField(_("condition"), max_length=10, choices=Kind, default=Kind.WORD)
    value = models.CharField(
        _("value"),
        max_length=200,
        help_text=_(
            "Words match as whole words, Chinese text anywhere. Case, width and invisible characters are ignored. "
            "Hosts include their subdomains. For links, enter a number."
        ),
    )
    action = models.CharField(_("action"), max_length=10, choices=Action, default=Action.HOLD)
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Only shown in the admin."))
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), auto_now_add=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["kind", "value"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"

    def clean(self) -> None:
        value = self.value.strip()
        if self.kind == self.Kind.LINKS and not (value.isascii() and value.isdecimal() and len(value) < 4):
            raise ValidationError({"value": _("Enter a number. Comments with more links than this match.")})
        if self.kind in {self.Kind.HOST, self.Kind.EMAIL}:
            value = value.lower().removeprefix("https://").removeprefix("http://").partition("/")[0].lstrip("@*.")
            if not value or NO_HOST.search(unicodedata.normalize("NFKC", value)):
                raise ValidationError({"value": _("Enter a host such as spam.example.")})
        if not folded(value).strip():
            raise ValidationError({"value": _("This contains nothing to search for.")})
        self.value = value


class Block(models.Model):
    """A blocked account, browser or network."""

    user = models.ForeignKey(PERSON, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("user"))
    visitor = models.CharField(_("browser"), max_length=32, blank=True, db_index=True)
    network = models.CharField(
        _("network"), max_length=64, blank=True, help_text=_("Such as 203.0.113.0/24 or 2001:db8::/48.")
    )
    name = models.CharField(_("known as"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Only shown in the admin."))
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("If empty, the block never ends."))
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    created_by = models.ForeignKey(
        PERSON, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("by")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)
    decision = models.ForeignKey("Decision", models.SET_NULL, null=True, editable=False, related_name="blocks")

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.network or self.name or (str(self.user) if self.user_id else "") or self.visitor[:6]

    def clean(self) -> None:
        validate_moments(self, "until")
        if not (self.user_id or self.visitor or self.network):
            raise ValidationError(_("Choose a user or enter a network."))
        if self.user and self.user.is_staff:
            raise ValidationError({"user": _("Authors of this site cannot be blocked.")})
        if self.network:
            try:
                network = ip_network(self.network.strip(), strict=False)
            except ValueError as error:
                raise ValidationError({"network": _("Enter a network such as 203.0.113.0/24.")}) from error
            if network.prefixlen < (8 if network.version == 4 else 16):
                raise ValidationError({"network": _("This network is too large.")})
            if network.version == 6 and network.prefixlen > 64:
                network = network.supernet(new_prefix=64)  # of a host there more is not known
            self.network = str(network)

    @property
    def holds(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())


class Decision(models.Model):
    """A decision about a comment, with what is needed to undo it."""

    class Action(models.TextChoices):
        APPROVE = "approve", _("approved")
        HOLD = "hold", _("pending")
        REMOVE = "remove", _("removed")
        SPAM = "spam", _("marked as spam")
        PIN = "pin", _("pinned")
        UNPIN = "unpin", _("unpinned")
        FEATURE = "feature", _("featured")
        UNFEATURE = "unfeature", _("removed from featured")
        AUTHORS = "authors", _("marked as the author's")
        BLOCK_PERSON = "block_person", _("commenter blocked")
        BLOCK_NETWORK = "block_network", _("network blocked")

    class Source(models.TextChoices):
        ADMIN = "admin", _("in the admin")
        LINK = "link", _("by a link in an e-mail")
        RULE = "rule", _("by a rule")
        PROGRAM = "program", _("by a program")

    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="decisions", verbose_name=_("comment"))
    verb = models.CharField(_("action"), max_length=20, choices=Action)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    source = models.CharField(_("source"), max_length=10, choices=Source)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    training_before = models.CharField(max_length=4, blank=True)
    trained = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+", verbose_name=_("undone by"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.get_verb_display()}"

    @property
    def can_be_undone(self) -> bool:
        return self.undone_at is None and self.source != self.Source.RULE


class SpamWave(models.Model):
    """A spam wave: while it lasts, every comment requires approval."""

    started_at = models.DateTimeField(_("began"), auto_now_add=True)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended by hand"), null=True)
    was_notified = models.BooleanField(default=False, editable=False)
    """Whether the author got an e-mail about it."""

    objects = SpamWaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("spam wave")
        verbose_name_plural = _("spam waves")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Token(models.Model):
    """In how many spam and good comments a token occurred (blog.moderation.spam_filter)."""

    token = ExactCharField(max_length=64, unique=True)
    n_spam = models.PositiveIntegerField(default=0)
    n_good = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.token


class TrainingExample(models.Model):
    """The tokens of one comment that the filter was trained with, so that it can be untrained."""

    class Kind(models.TextChoices):
        SPAM = "spam"
        GOOD = "good"

    comment = models.OneToOneField("blog.Comment", models.CASCADE, related_name="training")
    kind = models.CharField(max_length=4, choices=Kind)
    tokens = models.JSONField()

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.kind}"


class Queue(models.Model):
    """One row: a number that rises with every change of the moderation queue."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    n = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.n)


class Report(models.Model):
    """A reader's report of a comment."""

    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="reports", verbose_name=_("comment"))
    who = models.CharField(max_length=50)
    """`user:<pk>`, `visitor:<id>` or a keyed hash of the network, so that nobody counts twice."""
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["comment", "who"], name="one_report_of_a_comment")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason[:60]}"
