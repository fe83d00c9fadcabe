"""The trash: deleted posts and pages, with their comments, until they are restored or have been there for long.

Readers see nothing of what is in it. Its slug is free for another entry; its redirects work again once it is restored.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from blog.posts.models import Page, Post
from blog.posts.slugs import free_slug

SLUG_LENGTH = 200
FIELDS = ("slug", "trashed_at", "before_trash")


def trashed(model: type[Post] | type[Page]) -> models.QuerySet:
    if model is Page:
        return Page.with_trashed.exclude(trashed_at=None)
    return Post.threads.filter(kind=Post.TRASHED)


@transaction.atomic
def put(entry: Post | Page) -> None:
    entry.trashed_at = timezone.now()
    entry.before_trash = {"slug": entry.slug}
    if isinstance(entry, Post):
        entry.before_trash["status"] = entry.status
        entry.status, entry.kind = Post.Status.DRAFT, Post.TRASHED
    else:
        entry.before_trash["is_published"] = entry.is_published
        entry.is_published = False
    rename(entry, f"trash-{entry.pk}-{entry.slug}"[:SLUG_LENGTH])


@transaction.atomic
def restore(entry: Post | Page) -> None:
    """As it was, with its comments; with another slug, if its own was taken meanwhile."""
    before, entry.before_trash, entry.trashed_at = entry.before_trash, {}, None
    if isinstance(entry, Post):
        entry.status, entry.kind = before["status"], Post.Kind.POST
    else:
        entry.is_published = before["is_published"]
    is_taken = type(entry)._base_manager.filter(slug=before["slug"]).exists()
    rename(entry, free_slug(type(entry), before["slug"]) if is_taken else before["slug"])


def rename(entry: Post | Page, slug: str) -> None:
    """Save it with another slug to which no redirect leads."""
    entry.slug = entry.slug_before = slug
    more = ("status", "kind") if isinstance(entry, Post) else ("is_published",)
    entry.save(update_fields=[*FIELDS, *more])


def delete_expired() -> int:
    """Delete for good what has been in the trash for TRASH_KEEP_DAYS; how many there were. A scheduled job."""
    n, old = 0, timezone.now() - timedelta(days=settings.TRASH_KEEP_DAYS)
    for model in (Post, Page):
        for entry in trashed(model).filter(trashed_at__lt=old):
            entry.delete()
            n += 1
    return n
