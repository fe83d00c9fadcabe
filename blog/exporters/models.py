from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Export(models.Model):
    """A file made in the admin. It is kept outside of media, unpublished."""

    class Format(models.TextChoices):
        ARCHIVE = "archive", _("Archive of Frodo (everything, for another server)")
        STATIC = "static", _("Static copy (HTML for any web host)")
        WXR = "wxr", "WordPress (WXR)"
        HUGO = "hugo", "Hugo"
        HEXO = "hexo", "Hexo"
        JEKYLL = "jekyll", "Jekyll"

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    format = models.CharField(max_length=10, choices=Format)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    progress = models.JSONField(default=dict)
    """As frodo.progress.Notes writes it."""
    summary = models.TextField(blank=True)
    """What was exported, or why not."""
    file = models.CharField(max_length=50, blank=True)
    """Its name in the folder."""
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_format_display()}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def folder(self) -> Path:
        return settings.DATA_DIR / "exports" / str(self.pk)

    @property
    def is_ended(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)
