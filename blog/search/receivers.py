"""What makes a post's document in the index stale: signal receivers that record it in the change log.

`queryset.update()` and `bulk_create()` send no signal; who uses them for what is searched calls `record_changes()`.
"""

from typing import Any

from django.conf import settings
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from blog.models import Activity, Comment, LiveEntry, Post, Tag
from blog.search.models import record_changes

SEARCHED = {"title", "summary", "text", "plain", "toc", "status", "published_at", "visibility"}


def connect() -> None:
    """Called when the apps are ready."""
    for sender in (Post, Activity):
        post_save.connect(post_saved, sender=sender, dispatch_uid=f"search {sender.__name__}")
        post_delete.connect(post_deleted, sender=sender, dispatch_uid=f"search {sender.__name__}")
    m2m_changed.connect(tags_changed, sender=Post.tags.through, dispatch_uid="search tags")
    post_save.connect(tag_saved, sender=Tag, dispatch_uid="search tag")
    pre_delete.connect(tag_deleted, sender=Tag, dispatch_uid="search tag")
    post_save.connect(comment_changed, sender=Comment, dispatch_uid="search comment")
    post_delete.connect(comment_changed, sender=Comment, dispatch_uid="search comment")
    post_save.connect(entry_changed, sender=LiveEntry, dispatch_uid="search entry")
    post_delete.connect(entry_changed, sender=LiveEntry, dispatch_uid="search entry")


def post_saved(instance: Post, update_fields: frozenset[str] | None, **signal: Any) -> None:
    if update_fields is None or SEARCHED & update_fields:
        record_changes([instance.pk])


def post_deleted(instance: Post, **signal: Any) -> None:
    record_changes([instance.pk])


def tags_changed(instance: Post | Tag, action: str, pk_set: set[int] | None, **signal: Any) -> None:
    if isinstance(instance, Post):
        if action.startswith("post_") and (pk_set is None or pk_set):
            record_changes([instance.pk])
    elif action == "pre_clear":
        record_changes(instance.posts.values_list("pk", flat=True))
    elif action in {"post_add", "post_remove"}:
        record_changes(pk_set or ())


def tag_saved(instance: Tag, created: bool, **signal: Any) -> None:
    if not created:
        tag_deleted(instance)


def tag_deleted(instance: Tag, **signal: Any) -> None:
    record_changes(instance.posts.order_by().values_list("pk", flat=True))


def comment_changed(instance: Comment, **signal: Any) -> None:
    if settings.SEARCH_COMMENTS:
        record_changes([instance.post_id])


def entry_changed(instance: LiveEntry, **signal: Any) -> None:
    record_changes([instance.post_id])
