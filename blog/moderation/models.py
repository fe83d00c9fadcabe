from ipaddress import ip_network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.moderation.querysets import BlockQuerySet, DecisionQuerySet, FloodQuerySet
from blog.moderation.words import folded
from frodo.fields import ExactCharField

PERSON = settings.AUTH_USER_MODEL


class Rule(models.Model):
    """Something that is looked for in each comment."""

    class Kind(models.TextChoices):
        WORD = "word", _("Word or phrase")
        LINKS = "links", _("More links than")
        HOST = "host", _("Link to a host")
        NAME = "name", _("Name of the writer")
        EMAIL = "email", _("E-mail at a host")

    class Deed(models.TextChoices):
        HOLD = "hold", _("Hold the comment")
        REFUSE = "refuse", _("Refuse the comment")

    kind = models.CharField(_("look for"), max_length=10, choices=Kind, default=Kind.WORD)
    value = models.CharField(
        _("what"),
        max_length=200,
        help_text=_(
            "Words are found whole, Chinese ones anywhere; case, width and invisible characters make no "
            "difference. Of hosts, those below are found too. For links, a number."
        ),
    )
    deed = models.CharField(_("then"), max_length=10, choices=Deed, default=Deed.HOLD)
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("For yourself."))
    is_active = models.BooleanField(_("in force"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["kind", "value"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"

    def clean(self) -> None:
        value = self.value.strip()
        if self.kind == self.Kind.LINKS and not (value.isascii() and value.isdecimal() and len(value) < 4):
            raise ValidationError({"value": _("Give a number: a comment with more links than this is meant.")})
        if self.kind in {self.Kind.HOST, self.Kind.EMAIL}:
            value = value.lower().removeprefix("https://").removeprefix("http://").partition("/")[0].lstrip("@*.")
            if not value or " " in value:
                raise ValidationError({"value": _("Give a host such as spam.example.")})
        if not folded(value).strip():
            raise ValidationError({"value": _("There is nothing in it that could be found.")})
        self.value = value


class Block(models.Model):
    """Somebody who may not comment: an account, a browser or a network."""

    user = models.ForeignKey(PERSON, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("user"))
    visitor = models.CharField(_("browser"), max_length=32, blank=True, db_index=True)
    network = models.CharField(
        _("network"), max_length=64, blank=True, help_text=_("Such as 203.0.113.0/24 or 2001:db8::/48.")
    )
    name = models.CharField(_("known as"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("For yourself."))
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Left empty, for ever."))
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
        if not (self.user_id or self.visitor or self.network):
            raise ValidationError(_("Say whom: a user or a network."))
        if self.user_id and self.user.is_staff:
            raise ValidationError({"user": _("Who writes here cannot be blocked.")})
        if self.network:
            try:
                network = ip_network(self.network.strip(), strict=False)
            except ValueError as error:
                raise ValidationError({"network": _("This is no network. Write one as 203.0.113.0/24.")}) from error
            if network.prefixlen < (8 if network.version == 4 else 16):
                raise ValidationError({"network": _("This is too large a part of the world.")})
            if network.version == 6 and network.prefixlen > 64:
                network = network.supernet(new_prefix=64)  # of a host there more is not known
            self.network = str(network)

    @property
    def holds(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > timezone.now())


class Decision(models.Model):
    """What somebody, or a rule, decided about a comment: enough to undo it."""

    class Verb(models.TextChoices):
        APPROVE = "approve", _("approved")
        HOLD = "hold", _("held")
        REMOVE = "remove", _("removed")
        SPAM = "spam", _("called spam")
        PIN = "pin", _("pinned")
        UNPIN = "unpin", _("unpinned")
        FEATURE = "feature", _("featured")
        UNFEATURE = "unfeature", _("not featured any more")
        AUTHORS = "authors", _("marked as the author's")
        BLOCK_PERSON = "block_person", _("writer blocked")
        BLOCK_NETWORK = "block_network", _("network blocked")

    class Way(models.TextChoices):
        ADMIN = "admin", _("in the admin")
        LINK = "link", _("by a link in a letter")
        RULE = "rule", _("by a rule")
        PROGRAM = "program", _("by a program")

    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="decisions", verbose_name=_("comment"))
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    by = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    way = models.CharField(_("way"), max_length=10, choices=Way)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    lesson_before = models.CharField(max_length=4, blank=True)
    taught = models.BooleanField(default=False)
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
        return self.undone_at is None and self.way != self.Way.RULE


class Flood(models.Model):
    """A time in which far too much was posted, so that every comment waited for approval."""

    began_at = models.DateTimeField(_("began"), auto_now_add=True)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended by hand"), null=True)
    was_told = models.BooleanField(default=False, editable=False)
    """By a letter to the author."""

    objects = FloodQuerySet.as_manager()

    class Meta:
        verbose_name = _("flood")
        verbose_name_plural = _("floods")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


class Token(models.Model):
    """In how many comments, called spam or good, something stood (blog.moderation.bayes)."""

    token = ExactCharField(max_length=64, unique=True)
    n_spam = models.PositiveIntegerField(default=0)
    n_good = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.token


class Lesson(models.Model):
    """What was learned from one comment, so that it can be unlearned."""

    class Kind(models.TextChoices):
        SPAM = "spam"
        GOOD = "good"

    comment = models.OneToOneField("blog.Comment", models.CASCADE, related_name="lesson")
    kind = models.CharField(max_length=4, choices=Kind)
    tokens = models.JSONField()

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.kind}"


class Queue(models.Model):
    """One row, whose number rises with everything that the moderators' open pages show."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    n = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.n)


class Report(models.Model):
    """A reader says that the author should look at a comment."""

    comment = models.ForeignKey("blog.Comment", models.CASCADE, related_name="reports", verbose_name=_("comment"))
    who = models.CharField(max_length=50)
    """`user:<pk>`, `visitor:<id>` or a keyed hash of the network: nobody is counted twice."""
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
