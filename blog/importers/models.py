from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.validators import URLValidator
from django.db import models
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """A file uploaded in the admin, from its dry run to its report. The file is kept outside of media, unpublished."""

    class Kind(models.TextChoices):
        POSTS = "posts", _("Posts and pages, with their comments")
        COMMENTS = "comments", _("Comments only, to posts that are here")

    class State(models.TextChoices):
        UPLOADING = "uploading", _("Uploading")
        CHECKING = "checking", _("Dry run in progress")
        CHECKED = "checked", _("Ready to import")
        IMPORTING = "importing", _("Import in progress")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    RUNNING = (State.CHECKING, State.IMPORTING)

    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("file size"), default=0)
    kind = models.CharField(_("content"), max_length=10, choices=Kind, default=Kind.POSTS)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADING)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("author"),
        help_text=_("For posts by authors without an account here."),
    )
    download = models.BooleanField(
        _("download images"), default=False, help_text=_("Downloads images in the texts from the old site.")
    )
    old_url = models.CharField(
        _("URL of the old site"),
        max_length=200,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("Required for Ghost, whose export does not contain it."),
    )
    authors = models.JSONField(default=dict)
    """User names here, by names in the export."""
    unknown_authors = models.JSONField(default=list)
    language = models.CharField(max_length=10, default=settings.LANGUAGE_CODE)
    """Of the report."""
    progress = models.JSONField(default=dict)
    """What is being done, how much of it is done, of how much, and since when in seconds since 1970."""
    report = models.TextField(_("report"), blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """In a folder of its own, under a name that no file system takes for a path."""
        try:
            name = get_valid_filename(Path(self.name.replace("\\", "/")).name)
        except SuspiciousFileOperation:
            name = "export"
        return settings.DATA_DIR / "imports" / str(self.pk) / name[-60:]

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING
