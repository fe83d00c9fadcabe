from django.conf import settings
from django.db import models


class AutosavedForm(models.Model):
    """Unsaved input of a form of the admin, kept until it is saved: one for each window in which somebody writes.

    Content is what static/js/editor/form.js keeps in the browser as well: `at`, `version`, `fields`, `rows`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="autosaved_forms")
    form = models.CharField(max_length=80)
    """The model and the key of the row, or "new": `blog.post:16`."""
    window = models.CharField(max_length=40)
    content = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form", "window"], name="one_autosave_per_window")]
        indexes = [models.Index(fields=["saved_at"], name="autosaved_by_age")]

    def __str__(self) -> str:
        return f"{self.form} ({self.saved_at:%Y-%m-%d %H:%M})"
