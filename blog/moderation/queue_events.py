"""Versions of the moderation queue: each transaction that changes it gets a number, and open pages are told.

A page that is told requests the list; no data travels over the channel layer.
"""

import logging
from collections.abc import Iterable
from json import dumps
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, transaction

from accounts import session_revocation
from accounts.models import User
from blog.comments.models import Comment
from blog.moderation import spam_filter
from blog.moderation.models import Decision, Queue, TrainingExample
from frodo import live
from frodo.coalescing import Coalescer
from frodo.snapshots import increment

logger = logging.getLogger(__name__)

SOURCE = "moderation"
ROOM = Queue.ONLY


class QueueSource:
    """The source of the moderators' room (frodo.live): numbers only."""

    name = SOURCE

    async def since(self, key: int, n: int | None) -> live.Backlog:
        latest = (await self.latest([key]))[key]
        return live.Backlog(latest, [] if n is None or n == latest else None)

    def rewrites_history(self, text: str) -> bool:
        return False

    @database_sync_to_async
    def latest(self, keys: Iterable[int]) -> dict[int, int]:
        known = dict(Queue.objects.filter(pk__in=keys).values_list("pk", "n"))
        return {key: known.get(key, 0) for key in keys}


queue_source = QueueSource()


def number() -> int:
    return Queue.objects.filter(pk=ROOM).values_list("n", flat=True).first() or 0


def rise() -> int:
    """Raise the number in a transaction of its own; within the change's, this row would make all writers wait."""
    return increment(Queue, ROOM, "n")


class News:
    """The announcement of one transaction."""

    is_sent = False

    def send(self) -> None:
        if not self.is_sent:
            self.is_sent = True
            announce(self)


def announce_together(news: list[News]) -> list[None]:
    try:
        n = rise()
    except DatabaseError as error:
        logger.warning("Moderation: a change was not numbered: %r", error)
    else:
        live.publish(SOURCE, ROOM, n, dumps({"n": n, "type": "queue.changed", "data": {}}))
    return [None] * len(news)


announce = Coalescer(announce_together)


def queue_changed() -> None:
    connection = transaction.get_connection()
    news = getattr(connection, "queue_news", None)
    if news is None or news.is_sent:
        news = connection.queue_news = News()
    transaction.on_commit(news.send)


def row_changed(raw: bool = False, **signal: Any) -> None:
    if not raw:
        queue_changed()


def comment_saved(
    instance: Comment, created: bool, raw: bool, update_fields: frozenset | None = None, **signal: Any
) -> None:
    """Log that a rule made a comment pending, whoever saved it."""
    if raw:
        return
    if (
        instance.state == Comment.State.PENDING
        and instance.pending_reasons
        and (created or (update_fields is not None and "pending_reasons" in update_fields))
    ):
        pending_by_rule(instance, {} if created else {"state": Comment.State.VISIBLE.value})
    if created and instance.user and instance.user.is_staff and instance.parent:
        train_as_good(instance.parent)
    queue_changed()


def pending_by_rule(comment: Comment, before: dict) -> None:
    last = comment.decisions.standing().filter(after__has_key="state").first()
    if last is None or last.source != Decision.Source.RULE:
        Decision.objects.create(
            comment=comment,
            verb=Decision.Action.HOLD,
            source=Decision.Source.RULE,
            before=before,
            after={"state": comment.state},
        )


def train_as_good(comment: Comment) -> None:
    """A comment that the author replies to is not spam."""
    if comment.is_visible and not TrainingExample.objects.filter(comment=comment).exists():
        spam_filter.train(comment, TrainingExample.Kind.GOOD)


def rights_changed(
    instance: User | Group | Permission, action: str, reverse: bool, model: type, pk_set: set[int] | None, **signal: Any
) -> None:
    """Close the sockets of users whose rights changed; those who still may, reconnect."""
    if not action.startswith("post_"):
        return
    users: Iterable[int]
    if isinstance(instance, User):
        users = [instance.pk]
    elif model is User and pk_set:
        users = pk_set
    elif isinstance(instance, Group) and model is not User:
        users = instance.user_set.values_list("pk", flat=True)
    else:
        users = User.objects.filter(is_staff=True).values_list("pk", flat=True)
    for user in users:
        session_revocation.announce(user, "rights")
