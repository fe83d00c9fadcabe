"""Add, edit and delete the entries of a live post. Each function is one transaction and records an event."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.events import record, rewrite_events
from blog.posts.models import LiveEntry, Post
from frodo.conflict_retry import EditConflict, anything, retry_on_conflict
from frodo.display_names import is_blank_html
from frodo.errors import ServiceError


class NotLive(ServiceError):
    code = "not_live"
    message = _("This post is not live. Switch it to live in its settings first.")
    status = 409


@retry_on_conflict
@transaction.atomic
def add_entry(post: Post, text: str, *, user: User) -> LiveEntry:
    """Raises NotLive and ValidationError."""
    post = lock_post(post.pk)
    if post.live != Post.Live.LIVE:
        raise NotLive
    entry = LiveEntry(post=post, author=user, author_name=user.name, text=text.strip())
    return save(entry, "entry.posted")


@retry_on_conflict
@transaction.atomic
def edit_entry(entry: LiveEntry, text: str, *, is_expected: Callable[[LiveEntry], bool] = anything) -> LiveEntry:
    """Raises ValidationError, and EditConflict unless the current entry is as expected."""
    entry = lock_entry(entry, is_expected)
    entry.text, entry.updated_at = text.strip(), timezone.now()
    entry = save(entry, "entry.edited")
    rewrite_events(entry.post_id, "entry", entry.to_dict_sync())
    return entry


@retry_on_conflict
@transaction.atomic
def delete_entry(entry: LiveEntry, *, is_expected: Callable[[LiveEntry], bool] = anything) -> None:
    """Raises EditConflict."""
    entry = lock_entry(entry, is_expected)
    removed = {"id": entry.pk}
    entry.delete()
    rewrite_events(entry.post_id, "entry", removed)
    announce(entry.post, "entry.removed", removed)


def lock_entry(entry: LiveEntry, is_expected: Callable[[LiveEntry], bool]) -> LiveEntry:
    post = lock_post(entry.post_id)
    current = LiveEntry.objects.get(pk=entry.pk)
    current.post = post
    if not is_expected(current):
        raise EditConflict(current)
    return current


def lock_post(post: int) -> Post:
    """With its row locked, so that ids and events of its entries are in the order of commits."""
    return Post.objects.select_for_update().get(pk=post)


def save(entry: LiveEntry, event: str) -> LiveEntry:
    if entry.text:
        entry.full_clean(exclude=["post", "author"])
    entry.save()
    if is_blank_html(entry.html):  # known once it is rendered; the transaction is rolled back
        raise ValidationError({"text": _("Enter some text.")})
    announce(entry.post, event, entry.to_dict_sync())
    return entry


def announce(post: Post, event: str, entry: dict[str, Any]) -> None:
    """Record an event, and set the time of update that feeds and search engines see."""
    now = post.settled_update(timezone.now())
    Post.objects.filter(pk=post.pk).update(updated_at=now)
    record(post, event, {"entry": entry})
