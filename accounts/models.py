from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import PUBLISHERS, WRITERS, Role
from frodo.async_model import AsyncModel
from frodo.fields import ExactCharField


class User(AsyncModel, AbstractUser):
    """Whoever can sign in. The author is staff; a reader is not."""

    public = ("name", "url", "bio")
    details = ("is_staff", "role")
    brief = ("name", "url")

    role = models.CharField(
        _("role"), max_length=20, choices=Role, default=Role.READER, help_text=_("What they may do in the blog.")
    )
    display_name = models.CharField(_("name shown to readers"), max_length=100, blank=True)
    bio = models.TextField(_("about"), blank=True, help_text=_("A sentence or two, shown under posts."))
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(
        _("language of letters"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("Left empty, the one in which you last wrote."),
    )
    mail_answers = models.BooleanField(
        _("mail when answered or mentioned"), default=True, help_text=_("Chosen anew with each comment.")
    )
    mail_comments = models.BooleanField(_("mail about new comments on own posts"), default=True)
    mail_held = models.BooleanField(_("mail about comments that wait for approval"), default=True)
    seen_comment = models.BigIntegerField(default=0, editable=False)
    """The newest comment that this moderator has looked at."""

    class Meta(AbstractUser.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name

    def save(self, *, update_fields=None, **kwargs) -> None:
        if self._state.adding and self.role != Role.READER:
            self.take_role(self.role)
        elif self.is_superuser:
            self.role = Role.AUTHOR
            update_fields = update_fields and {*update_fields, "role"}
        super().save(update_fields=update_fields, **kwargs)

    def take_role(self, role: str) -> None:
        """Not saved. The admin is open to all who write, and to nobody else."""
        self.role = role
        self.is_staff, self.is_superuser = role in WRITERS, role == Role.AUTHOR

    @property
    def can_write(self) -> bool:
        """Drafts at least."""
        return self.is_active and self.is_staff and self.role in WRITERS

    @property
    def can_publish(self) -> bool:
        return self.is_active and self.is_staff and self.role in PUBLISHERS

    @property
    def can_moderate(self) -> bool:
        """By role, or by a permission that the admin gave."""
        return self.is_active and self.is_staff and self.has_perm("blog.change_comment")

    @property
    def name(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    @property
    def url(self) -> str:
        """Never what would run: a row may have come in past the form that looks at it."""
        return self.website if self.website.lower().startswith(("https://", "http://")) else ""

    @property
    def is_guarded(self) -> bool:
        """May do more than speak: nobody becomes this one by an e-mail address alone."""
        return self.is_staff or self.is_superuser


class Identity(models.Model):
    """A way in: whoever proves to be `uid` at the provider is this user. An e-mail address is one, too."""

    EMAIL = "email"

    user = models.ForeignKey(User, models.CASCADE, related_name="identities", verbose_name=_("user"))
    provider = ExactCharField(_("provider"), max_length=30)
    uid = ExactCharField(_("known there as"), max_length=255)
    label = models.CharField(_("shown as"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("connected"), auto_now_add=True)
    used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("way to sign in")
        verbose_name_plural = _("ways to sign in")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["provider", "uid"], name="one_user_of_an_identity")]

    def __str__(self) -> str:
        return f"{self.provider_label}: {self.label or self.uid}"

    @property
    def provider_label(self) -> str:
        if self.provider == self.EMAIL:
            return str(_("E-mail"))
        return settings.SIGN_IN_PROVIDERS.get(self.provider, {}).get("label", self.provider)


class SignInLink(models.Model):
    """A link that was e-mailed. The row goes when it is used; it holds no more than a digest of the secret."""

    digest = ExactCharField(max_length=64, unique=True)
    email = models.EmailField()
    next = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.email}, {self.created_at}"


from accounts.second_step.models import RecoveryCode, SecondStep  # noqa: E402 - tables of other rooms
from accounts.tokens.models import Device, PersonalToken  # noqa: E402

__all__ = ["Device", "Identity", "PersonalToken", "RecoveryCode", "SecondStep", "SignInLink", "User"]
