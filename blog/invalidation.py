"""Which changes make which kept pages stale: every signal receiver of ours.

`queryset.update()` and `bulk_create()` send no signal; who uses them for what readers see calls `purge_pages()`.
"""

import logging

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
    Comment,
    Edition,
    Event,
    OldAddress,
    Page,
    Post,
    Tag,
    Topic,
    Upload,
)
from frodo.page_cache import Change, tell

logger = logging.getLogger(__name__)

SHOWN_OF_A_USER = {"username", "first_name", "last_name", "display_name", "bio", "website"}


class Purge:
    """What one transaction changes, told once."""

    def __init__(self) -> None:
        self.about: set[str] | None = set()
        self.taken_away = False
        self.is_sent = False

    def add(self, about: tuple[int, ...], *, taken_away: bool) -> None:
        if not about:
            self.about = None
        elif self.about is not None:
            self.about |= {str(pk) for pk in about}
        self.taken_away |= taken_away

    def send(self) -> None:
        if self.is_sent:
            return
        self.is_sent = True
        try:
            n = Edition.objects.rise()
        except DatabaseError as error:
            logger.warning("Pages: a change was not numbered: %r", error)
            n = None
        tell(Change(n, None if self.about is None else tuple(sorted(self.about)), self.taken_away))


def purge_pages(*posts: int, taken_away: bool = False) -> None:
    """Once the transaction is committed, every process asks anew for its pages.

    With ids of posts, for those posts' pages and all lists; other posts' pages stay. What was `taken_away` is not
    shown any more even while the database cannot be reached.
    """
    connection = transaction.get_connection()
    purge = getattr(connection, "page_purge", None)
    if purge is None or purge.is_sent:
        purge = connection.page_purge = Purge()
    purge.add(posts, taken_away=taken_away)
    if connection.in_atomic_block or connection.get_autocommit():
        transaction.on_commit(purge.send)
    else:
        purge.send()  # nobody will tell us of the commit; PAGE_CACHE_SECONDS must do


@receiver(post_save, sender=Post)
@receiver(post_save, sender=Activity)
def post_saved(instance: Post, **signal) -> None:
    was_visible, instance.shown_since = is_past(instance.shown_since), instance.showing_since()
    is_visible = instance.is_visible
    if was_visible or is_visible:
        purge_pages(taken_away=not is_visible)


def is_past(moment) -> bool:
    return moment is not None and moment <= timezone.now()


@receiver(post_save, sender=Page)
def page_saved(instance: Page, **signal) -> None:
    purge_pages(taken_away=not instance.is_published)


@receiver(post_delete, sender=Post)
@receiver(post_delete, sender=Activity)
@receiver(post_delete, sender=Page)
def written_deleted(**signal) -> None:
    purge_pages(taken_away=True)


@receiver(m2m_changed, sender=Post.tags.through)
def tags_changed(instance: Post | Tag, action: str, **signal) -> None:
    if action.startswith("post_") and not (isinstance(instance, Post) and not instance.is_visible):
        purge_pages()


@receiver(post_save, sender=Tag)
@receiver(post_delete, sender=Tag)
@receiver(post_save, sender=Topic)
@receiver(post_delete, sender=Topic)
@receiver(post_save, sender=OldAddress)
@receiver(post_delete, sender=OldAddress)
def frame_changed(**signal) -> None:
    purge_pages()


@receiver(post_save, sender=ActivityLink)
@receiver(post_delete, sender=ActivityLink)
@receiver(post_save, sender=ActivityPhoto)
@receiver(post_delete, sender=ActivityPhoto)
def part_changed(instance: ActivityLink | ActivityPhoto, **signal) -> None:
    purge_pages(instance.activity_id)


@receiver(post_save, sender=Upload)
def upload_saved(instance: Upload, created: bool, **signal) -> None:
    """Activities show what is said of it."""
    shown = [] if created else ActivityPhoto.objects.filter(upload=instance).values_list("activity", flat=True)
    if shown:
        purge_pages(*shown)


@receiver(post_save, sender=ActivityEvent)
def activity_event_recorded(instance: ActivityEvent, **signal) -> None:
    """The list of activities says how far it knows."""
    purge_pages(instance.activity)


@receiver(post_save, sender=Comment)
def comment_saved(instance: Comment, created: bool, **signal) -> None:
    if instance.is_visible or not created:
        purge_pages(instance.post_id, taken_away=not instance.is_visible)


@receiver(post_delete, sender=Comment)
def comment_deleted(instance: Comment, **signal) -> None:
    purge_pages(instance.post_id, taken_away=True)


@receiver(post_save, sender=Event)
def event_recorded(instance: Event, **signal) -> None:
    """A post's page says how far it knows, so whatever happened to the post changes it."""
    purge_pages(instance.post_id)


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def user_saved(created: bool, update_fields: frozenset | None, **signal) -> None:
    if not created and (update_fields is None or SHOWN_OF_A_USER & update_fields):
        purge_pages()


@receiver(post_delete, sender=settings.AUTH_USER_MODEL)
def user_deleted(**signal) -> None:
    purge_pages()
