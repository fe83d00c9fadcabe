"""A picture that somebody uploaded, and its smaller copies."""

import re

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.uploads.querysets import UploadQuerySet
from frodo.async_model import AsyncModel
from frodo.fields import ExactCharField

FOLDER = "uploads/"
SPECIAL = re.compile(r"([\\`*_\[\]<>&!$])")
MIME = {"avif": "image/avif", "webp": "image/webp"}
"""Kinds of variants, the one to be preferred first."""


class Upload(AsyncModel):
    class Kind(models.TextChoices):
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"
        WEBP = "webp", "WebP"
        GIF = "gif", "GIF"
        AVIF = "avif", "AVIF"

    class State(models.TextChoices):
        """Of the variants; the picture itself is there from the beginning."""

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
    """128 random bits in hexadecimal digits: who does not know the address does not find it."""
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
        help_text=_("What is to be seen, for those who cannot see it, and for search."),
    )
    label = models.CharField(_("file's name"), max_length=100, blank=True, editable=False)
    """What it was called where it came from; the stored file is not called so."""
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
    state = models.CharField(_("smaller copies"), max_length=10, choices=State, default=State.WAITING, editable=False)
    variants = models.JSONField(default=list, editable=False)
    """Of each smaller copy: kind, width, n_bytes. The widest come last."""
    n_tries = models.PositiveIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    """When its variants may be tried (again)."""

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_at"], name="upload_due")]

    def __str__(self) -> str:
        return self.alt or self.label or self.key

    @property
    def url(self) -> str:
        return self.file.url

    @property
    def markdown(self) -> str:
        """With an address that stays when pictures move to another store: rendering knows where they lie."""
        alt = SPECIAL.sub(r"\\\1", " ".join(self.alt.split()))
        return f"![{alt}]({settings.MEDIA_URL}{self.file.name})"

    @property
    def srcset(self) -> dict[str, str]:
        """By MIME type, in the order in which a browser is to choose."""
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
        """For a thumbnail."""
        copies = [copy for copy in self.variants if copy["kind"] == "webp"]
        return default_storage.url(self.variant_name("webp", copies[0]["width"])) if copies else self.url

    def variant_name(self, kind: str, width: int) -> str:
        return f"{FOLDER}{self.key[:2]}/{self.key}-{width}.{kind}"

    @property
    def names(self) -> list[str]:
        """Of all its files."""
        return [self.file.name, *(self.variant_name(copy["kind"], copy["width"]) for copy in self.variants)]
