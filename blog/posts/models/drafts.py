"""What a text has beside it while it is written: the shared document, preview links, revisions."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from blog.posts.models.page import Page
from blog.posts.models.post import Post


def new_key() -> str:
    return secrets.token_hex(8)


class Document(models.Model):
    """The text of a post or page as it is being written: a Yjs document (blog.posts.documents).

    The post's own text, which readers see, changes only when its form is saved.
    """

    post = models.OneToOneField(Post, models.CASCADE, null=True, related_name="document")
    page = models.OneToOneField(Page, models.CASCADE, null=True, related_name="document")
    key = models.CharField(max_length=16, default=new_key)
    """The name of the document in the stores of browsers. After a restore from a backup, row ids may come again."""
    n = models.PositiveBigIntegerField(default=0)
    """Number of the last update."""
    saved_text = models.TextField(blank=True)
    """The post's text as it was last saved; the document contains it since update `saved_n`."""
    saved_n = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.post or self.page)


class DocumentUpdate(models.Model):
    """A change of a document, in the encoding of Yjs; the first row stands for all that were merged into it."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="updates")
    n = models.PositiveBigIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["document", "n"], name="document_updates_by_number")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.n}"


VALID_FOR = timedelta(days=7)


def new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


def expiry() -> datetime:
    return timezone.now() + VALID_FOR


class PreviewLink(models.Model):
    """A secret URL at which somebody without an account reads an unpublished post, for some days."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="preview_links")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(default=expiry)

    class Meta:
        ordering = ["-expires_at", "-id"]

    def __str__(self) -> str:
        return self.token


class Revision(models.Model):
    """The words of a post or page as they were saved at one time."""

    class Kind(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", pgettext_lazy("state", "Published")
        UPDATED = "updated", pgettext_lazy("state", "Updated")

    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="revisions")
    page = models.ForeignKey(Page, models.CASCADE, null=True, related_name="revisions")
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    """Who saved it; empty where it was not saved by a person, or before revisions were kept."""
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["post", "created_at"], name="revisions_of_post"),
            models.Index(fields=["page", "created_at"], name="revisions_of_page"),
            models.Index(fields=["kind", "created_at"], name="revisions_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.created_at:%Y-%m-%d %H:%M})"
