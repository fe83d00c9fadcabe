"""An uploaded image with its variants, and which rows show it, by functions that blog/apps.py registers."""

import re
from collections.abc import Callable
from typing import Any, Protocol

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Manager, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AnyUser
from frodo.async_models import AsyncModel
from frodo.fields import ExactCharField


class UploadQuerySet(models.QuerySet):
    def of(self, user: AnyUser) -> "UploadQuerySet":
        return self.filter(user=user)

    def newest(self) -> "UploadQuerySet":
        return self.order_by("-id")

    def search(self, words: str) -> "UploadQuerySet":
        found = self
        for word in words.split():
            found = found.filter(Q(alt__icontains=word) | Q(label__icontains=word) | Q(key=word))
        return found


FOLDER = "uploads/"
SPECIAL = re.compile(r"([\\`*_\[\]<>&!$])")
MIME = {"avif": "image/avif", "webp": "image/webp"}
"""Formats of variants, preferred first."""


class Upload(AsyncModel):
    class Kind(models.TextChoices):
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"
        GIF = "gif", "GIF"
        AVIF = "avif", "AVIF"

    class State(models.TextChoices):
        """State of the variants."""

        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    public = (
        *("id", "url", "kind", "width", "height", "n_bytes", "n_frames", "alt", "label", "markdown"),
        *("srcset", "state", "created_at"),
    )
    details = ("user",)
    brief = ("id", "url", "width", "height", "alt", "srcset")

    key = ExactCharField(max_length=32, unique=True, editable=False)
    """128 random bits in hexadecimal, so that URLs cannot be guessed."""
    file = models.FileField(_("file"), max_length=100, editable=False)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    n_bytes = models.PositiveBigIntegerField(_("bytes"), editable=False)
    n_frames = models.PositiveIntegerField(_("frames"), default=1, editable=False)
    alt = models.CharField(
        _("description"),
        max_length=500,
        blank=True,
        help_text=_("Alt text: describes the image to people who cannot see it, and to search."),
    )
    label = models.CharField(_("file name"), max_length=100, blank=True, editable=False)
    """The original file name, not that of the stored file."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="uploads",
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    state = models.CharField(_("variants"), max_length=10, choices=State, default=State.WAITING, editable=False)
    variants = models.JSONField(default=list, editable=False)
    """Variants: format, width, n_bytes; the widest last."""

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.alt or self.label or self.key

    @property
    def url(self) -> str:
        return self.file.url

    @property
    def markdown(self) -> str:
        """A URL that stays when files move to another storage."""
        alt = SPECIAL.sub(r"\\\1", " ".join(self.alt.split()))
        return f"![{alt}]({settings.MEDIA_URL}{self.file.name})"

    @property
    def srcset(self) -> dict[str, str]:
        """By MIME type, preferred first."""
        found = {}
        for kind, mime in MIME.items():
            copies = [copy for copy in self.variants if copy["kind"] == kind]
            if copies:
                found[mime] = ", ".join(
                    f"{default_storage.url(self.variant_name(kind, copy['width']))} {copy['width']}w" for copy in copies
                )
        return found

    @property
    def smallest_url(self) -> str:
        """URL of a thumbnail."""
        copies = [copy for copy in self.variants if copy["kind"] == "webp"]
        return default_storage.url(self.variant_name("webp", copies[0]["width"])) if copies else self.url

    def variant_name(self, kind: str, width: int) -> str:
        return f"{FOLDER}{self.key[:2]}/{self.key}-{width}.{kind}"

    @property
    def names(self) -> list[str]:
        """Names of all its files."""
        return [str(self.file.name), *(self.variant_name(copy["kind"], copy["width"]) for copy in self.variants)]


class Shows(Protocol):
    """A row that shows pictures."""

    pk: Any
    _base_manager: Manager

    @property
    def url(self) -> str: ...

    @property
    def is_visible(self) -> bool: ...

    def render_anew(self) -> None: ...


Find = Callable[[Upload], QuerySet]
finders: list[Find] = []


def register_finder(find: Find) -> None:
    """`find(upload)` returns the rows that show it."""
    finders.append(find)


def rows_showing(upload: Upload) -> list[Shows]:
    return [row for find in finders for row in find(upload)]


def places_of(upload: Upload) -> list[dict]:
    return [{"title": str(row), "url": row.url, "is_visible": row.is_visible} for row in rows_showing(upload)]
