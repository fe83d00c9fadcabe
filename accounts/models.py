import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from frodo import display_names
from frodo.async_models import AsyncModel
from frodo.site_urls import address_of


class Role(models.TextChoices):
    """Each role may do all that those below it may.

    Authors own the blog. Editors write, publish and moderate everything. Contributors write drafts, which others
    publish. Readers comment. Permissions granted in Django's admin apply as well.
    """

    AUTHOR = "author", _("Author: owns the blog")
    EDITOR = "editor", _("Editor: writes, publishes and moderates")
    CONTRIBUTOR = "contributor", _("Contributor: writes drafts")
    READER = "reader", _("Reader")


WRITERS = {Role.AUTHOR, Role.EDITOR, Role.CONTRIBUTOR}
PUBLISHERS = {Role.AUTHOR, Role.EDITOR}

CONTRIBUTOR_PERMISSIONS = {
    *(f"blog.{action}_post" for action in ("view", "add", "change", "delete")),
    *(f"blog.{action}_upload" for action in ("view", "add", "change", "delete")),
    *("blog.view_tag", "blog.view_topic"),
}
"""Which posts and uploads, their packages decide."""


def grants(role: str, permission: str) -> bool:
    """Whether the role grants a Django permission."""
    if role in PUBLISHERS:
        return permission.startswith(("blog.", "frodo."))
    return role == Role.CONTRIBUTOR and permission in CONTRIBUTOR_PERMISSIONS


def grants_some(role: str, app: str) -> bool:
    return (role in WRITERS and app == "blog") or (role in PUBLISHERS and app == "frodo")


class User(AsyncModel, AbstractUser):
    """A user. Authors, editors and contributors are staff; readers are not."""

    public = ("name", "url", "bio", "page_url")
    details = ("is_staff", "role")
    brief = ("name", "url")

    role = models.CharField(
        _("role"), max_length=20, choices=Role, default=Role.READER, help_text=_("What this user can do on the blog.")
    )
    display_name = models.CharField(_("display name"), max_length=100, blank=True)
    bio = models.TextField(_("about"), blank=True, help_text=_("A sentence or two, shown under posts."))
    website = models.URLField(_("website"), blank=True)
    language = models.CharField(
        _("language of e-mails"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("If empty, the language of your last comment."),
    )
    mail_answers = models.BooleanField(
        _("e-mail about replies and mentions"), default=True, help_text=_("Can be changed with each comment.")
    )
    mail_comments = models.BooleanField(_("e-mail about new comments on own posts"), default=True)
    mail_pending = models.BooleanField(_("e-mail about comments awaiting approval"), default=True)
    seen_comment = models.BigIntegerField(default=0, editable=False)
    """The newest comment that this moderator has read."""

    class Meta(AbstractUser.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Usernames that differ in case only would let neither user sign in: they are looked up in any case.

        A display name that nobody can see is none.
        """
        super().clean()
        self.display_name = display_names.clean(self.display_name)
        if not display_names.can_be_seen(self.display_name):
            self.display_name = ""
        if User.objects.filter(username__iexact=self.username).exclude(pk=self.pk).exists():
            raise ValidationError({"username": self.unique_error_message(User, ("username",))})

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if self._state.adding and self.role != Role.READER:
            self.apply_role(self.role)
        elif self.is_superuser:
            self.role = Role.AUTHOR
            update_fields = update_fields and {*update_fields, "role"}
        super().save(update_fields=update_fields, **kwargs)

    def apply_role(self, role: str) -> None:
        """Set is_staff by role. Does not save."""
        self.role = role
        self.is_staff, self.is_superuser = role in WRITERS, role == Role.AUTHOR

    @property
    def can_write(self) -> bool:
        """May write drafts at least."""
        return self.is_active and self.is_staff and self.role in WRITERS

    @property
    def can_publish(self) -> bool:
        return self.is_active and self.is_staff and self.role in PUBLISHERS

    @property
    def can_moderate(self) -> bool:
        """By role, or by a permission granted in the admin."""
        return self.is_active and self.is_staff and self.has_perm("blog.change_comment")

    @property
    def name(self) -> str:
        return self.display_name or self.get_full_name() or self.username

    @property
    def url(self) -> str:
        """Only http(s): a row may have bypassed the form."""
        return self.website if self.website.lower().startswith(("https://", "http://")) else ""

    @property
    def page_url(self) -> str:
        """The page with what this author wrote; empty for readers."""
        return address_of("author", self.username) if self.is_staff else ""

    @property
    def needs_recent_authentication(self) -> bool:
        """May do more than comment, so an e-mail address alone is not enough to sign in."""
        return self.is_staff or self.is_superuser


AnyUser = User | AnonymousUser


def create_author(username: str, password: str = "", *, email: str = "", name: str = "") -> tuple[User, str]:
    """Create a user with the role author. Returns the user and the password, generated if none is given.

    Raises ValidationError if the name or the password is invalid.
    """
    author = User(
        username=User.normalize_username(username),
        email=User.objects.normalize_email(email),
        display_name=display_names.clean(name),
        role=Role.AUTHOR,
    )
    author.full_clean(exclude=["password"])
    if password:
        validate_password(password, author)
    else:
        password = secrets.token_urlsafe(12)
    author.set_password(password)
    author.save()
    return author, password


from accounts.tokens.models import Device, PersonalToken  # noqa: E402 - tables of another folder

__all__ = ["AnyUser", "Device", "PersonalToken", "User"]
