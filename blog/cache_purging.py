"""Which change purges which cached pages: all signal receivers for the page cache.

`queryset.update()` and `bulk_create()` send no signals; code that uses them for visible data calls `purge_pages()`.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from blog.models import (
    Activity,
    ActivityEvent,
    ActivityLink,
    ActivityPhoto,
    BlogrollLink,
    Comment,
    Event,
    LiveEntry,
    Page,
    Post,
    Redirect,
    SiteVersion,
    Tag,
    Topic,
    Upload,
)
from frodo.coalescing import Coalescer
from frodo.page_cache import Change, cdn, publish_change
from frodo.site_settings.models import SiteSettings

logger = logging.getLogger(__name__)

SHOWN_OF_A_USER = {"username", "first_name", "last_name", "display_name", "bio", "website", "is_staff"}


class Purge:
    """The purge of one transaction, announced once after its commit."""

    def __init__(self) -> None:
        self.about: set[str] | None = set()
        self.is_hard = False
        self.is_sent = False

    def add(self, about: tuple[int, ...], *, is_hard: bool) -> None:
        if not about:
            self.about = None
        elif self.about is not None:
            self.about |= {str(pk) for pk in about}
        self.is_hard |= is_hard

    def send(self) -> None:
        if not self.is_sent:
            self.is_sent = True
            announce(self)


def announce_together(purges: list[Purge]) -> list[None]:
    limited = [purge.about for purge in purges if purge.about is not None]
    about = set().union(*limited) if len(limited) == len(purges) else None
    try:
        n = SiteVersion.objects.increment(content=about is None)
    except DatabaseError as error:
        logger.warning("Pages: a change was not numbered: %r", error)
        n = None
    try:
        cdn.enqueue_purge(None if about is None else sorted(about))
    except DatabaseError as error:
        logger.warning("Pages: a change was not announced to the CDN: %r", error)
    is_hard = any(purge.is_hard for purge in purges)
    publish_change(Change(n, None if about is None else tuple(sorted(about)), is_hard))
    return [None] * len(purges)


announce = Coalescer(announce_together)
"""Writers that commit at the same moment share one version number, since each number is a transaction of its own."""


def purge_pages(*posts: int, is_hard: bool = False) -> None:
    """Purge cached pages in every process after the commit.

    Args:
        posts: IDs of posts, whose pages are purged with all lists; without any, all pages are.
        is_hard: Delete the pages instead of marking them stale, so that removed content is not served while the
            database is down.
    """
    connection = transaction.get_connection()
    purge = getattr(connection, "page_purge", None)
    if purge is None or purge.is_sent:
        purge = connection.page_purge = Purge()
    purge.add(posts, is_hard=is_hard)
    if connection.in_atomic_block or connection.get_autocommit():
        transaction.on_commit(purge.send)
    else:
        purge.send()  # there is no signal of the commit; pages expire after PAGE_CACHE_SECONDS


@receiver(post_save, sender=Post)
@receiver(post_save, sender=Activity)
def post_saved(instance: Post, **signal: Any) -> None:
    was_visible, instance.shown_since = is_past(instance.shown_since), instance.showing_since()
    is_visible = instance.is_visible
    if was_visible or is_visible:
        purge_pages(is_hard=not instance.is_listed)
    elif instance.status == Post.Status.SCHEDULED and instance.published_at:
        cdn.enqueue_purge(None, at=instance.published_at)  # each process of ours looks at the clock


def is_past(moment: datetime | None) -> bool:
    return moment is not None and moment <= timezone.now()


@receiver(post_save, sender=Page)
def page_saved(instance: Page, **signal: Any) -> None:
    purge_pages(is_hard=not instance.is_published)


@receiver(post_delete, sender=Post)
@receiver(post_delete, sender=Activity)
@receiver(post_delete, sender=Page)
def written_deleted(**signal: Any) -> None:
    purge_pages(is_hard=True)


@receiver(m2m_changed, sender=Post.tags.through)
def tags_changed(instance: Post | Tag, action: str, **signal: Any) -> None:
    if action.startswith("post_") and not (isinstance(instance, Post) and not instance.is_visible):
        purge_pages()


@receiver(post_save, sender=LiveEntry)
def live_entry_saved(instance: LiveEntry, created: bool, **signal: Any) -> None:
    """Feeds contain the entries, so this is like an update of the post."""
    if instance.post.is_visible:
        purge_pages(is_hard=not created)


@receiver(post_delete, sender=LiveEntry)
def live_entry_deleted(**signal: Any) -> None:
    purge_pages(is_hard=True)


@receiver(post_save, sender=SiteSettings)
@receiver(post_save, sender=Tag)
@receiver(post_delete, sender=Tag)
@receiver(post_save, sender=Topic)
@receiver(post_delete, sender=Topic)
@receiver(post_save, sender=BlogrollLink)
@receiver(post_delete, sender=BlogrollLink)
@receiver(post_save, sender=Redirect)
@receiver(post_delete, sender=Redirect)
def frame_changed(**signal: Any) -> None:
    purge_pages()


@receiver(post_save, sender=ActivityLink)
@receiver(post_delete, sender=ActivityLink)
@receiver(post_save, sender=ActivityPhoto)
@receiver(post_delete, sender=ActivityPhoto)
def part_changed(instance: ActivityLink | ActivityPhoto, **signal: Any) -> None:
    purge_pages(instance.activity_id)


@receiver(post_save, sender=Upload)
def upload_saved(instance: Upload, created: bool, **signal: Any) -> None:
    """Activities show the number of comments and reactions."""
    activities = [] if created else ActivityPhoto.objects.filter(upload=instance).values_list("activity", flat=True)
    if activities:
        purge_pages(*activities)


@receiver(post_save, sender=ActivityEvent)
def activity_event_recorded(instance: ActivityEvent, **signal: Any) -> None:
    """The list of activities contains the number of its last event."""
    purge_pages(instance.activity)


@receiver(post_save, sender=Comment)
def comment_saved(instance: Comment, created: bool, **signal: Any) -> None:
    if instance.is_visible or not created:
        purge_pages(instance.post_id, is_hard=not instance.is_visible)


@receiver(post_delete, sender=Comment)
def comment_deleted(instance: Comment, **signal: Any) -> None:
    purge_pages(instance.post_id, is_hard=True)


@receiver(post_save, sender=Event)
def event_recorded(instance: Event, **signal: Any) -> None:
    """A post's page contains the number of its last event, so every event changes it."""
    purge_pages(instance.post_id)


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def user_saved(created: bool, update_fields: frozenset | None, **signal: Any) -> None:
    if not created and (update_fields is None or SHOWN_OF_A_USER & update_fields):
        purge_pages()


@receiver(post_delete, sender=settings.AUTH_USER_MODEL)
def user_deleted(**signal: Any) -> None:
    purge_pages()
