"""Erase IP addresses and e-mail addresses that are no longer needed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from blog.comments.models import Comment, CommentQuerySet
from blog.notifications.models import QueuedEmail, Subscriber, key_of

AT_ONCE = 500


def forget() -> None:
    old = timezone.now() - timedelta(days=settings.COMMENT_IP_RETENTION_DAYS)
    Comment.objects.filter(created_at__lt=old).exclude(network="").update(network="")
    forget_emails(Comment.objects.filter(created_at__lt=old).exclude(email=""))
    done = QueuedEmail.objects.filter(created_at__lt=old)
    done.filter(kind=QueuedEmail.Kind.CONFIRM).delete()
    done.exclude(to="").update(to="")
    silent = timezone.now() - timedelta(days=settings.EMAIL_RETENTION_DAYS)
    Subscriber.objects.filter(
        confirmed=[], closed_at=None, muted_posts=None, queued_emails=None, seen_at__lt=silent
    ).delete()


class Row(NamedTuple):
    pk: int
    email: str
    visitor: str
    notify: bool
    post: int
    is_alive: bool


def forget_emails(comments: CommentQuerySet) -> None:
    """All addresses except those still subscribed. E-mails to an account use the account's own address."""
    comments.exclude(user=None).update(email="")
    silent = timezone.now() - timedelta(days=settings.EMAIL_RETENTION_DAYS)
    said_since = Comment.objects.visible().filter(post=OuterRef("post"), created_at__gte=silent)
    guests = comments.filter(user=None).annotate(is_alive=Exists(said_since)).order_by("pk")
    last = 0
    while rows := [Row(*row) for row in guests.filter(pk__gt=last).values_list(*Row._fields)[:AT_ONCE]]:
        last = rows[-1].pk
        erase(row.pk for row in unwanted(rows))


def unwanted(rows: list[Row]) -> list[Row]:
    keys = {row.pk: key_of(row.email) for row in rows}
    subscribers = Subscriber.objects.filter(key__in=keys.values())
    known = {subscriber.key: subscriber.confirmed for subscriber in subscribers.filter(closed_at=None)}
    muted = set(subscribers.exclude(muted_posts=None).values_list("key", "muted_posts__post"))
    return [
        row
        for row in rows
        if not (row.notify and row.is_alive)
        or row.visitor not in known.get(keys[row.pk], [])
        or (keys[row.pk], row.post) in muted
    ]


def erase(comments: Iterable[int]) -> None:
    Comment.objects.filter(pk__in=list(comments)).update(email="", notify=False)
