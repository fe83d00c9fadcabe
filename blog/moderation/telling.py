"""What moderators see has changed: each such transaction gets a number, and their open pages hear of it.

A page that hears asks for what it shows; nothing of the queue travels over the channel layer.
"""

import logging
from json import dumps

from channels.db import database_sync_to_async
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from accounts import leaving
from accounts.models import User
from blog.discussion.models import Comment
from blog.moderation import bayes
from blog.moderation.models import Block, Decision, Flood, Lesson, Queue, Report
from frodo import live

logger = logging.getLogger(__name__)

SOURCE = "moderation"
ROOM = Queue.ONLY


class QueueSource:
    """The source of the moderators' room (frodo.live). Nothing but numbers: what was missed is asked for."""

    name = SOURCE

    async def since(self, key: int, n: int | None) -> live.Backlog:
        latest = (await self.latest([key]))[key]
        return live.Backlog(latest, [] if n is None or n == latest else None)

    def rewrites_history(self, text: str) -> bool:
        return False

    @database_sync_to_async
    def latest(self, keys) -> dict[int, int]:
        known = dict(Queue.objects.filter(pk__in=keys).values_list("pk", "n"))
        return {key: known.get(key, 0) for key in keys}


queue_source = QueueSource()


def number() -> int:
    return Queue.objects.filter(pk=ROOM).values_list("n", flat=True).first() or 0


def rise() -> int:
    """In a transaction of its own: in the change's, this one row would make all writers wait for each other."""
    with transaction.atomic():
        queue = Queue.objects.filter(pk=ROOM)
        if not queue.update(n=F("n") + 1):
            Queue.objects.get_or_create(pk=ROOM)
            queue.update(n=F("n") + 1)
        return queue.values_list("n", flat=True).get()


class News:
    """Of one transaction, told once."""

    is_sent = False

    def send(self) -> None:
        if self.is_sent:
            return
        self.is_sent = True
        try:
            n = rise()
        except DatabaseError as error:
            logger.warning("Moderation: a change was not numbered: %r", error)
            return
        live.publish(SOURCE, ROOM, n, dumps({"n": n, "type": "queue.changed", "data": {}}))


def queue_changed() -> None:
    connection = transaction.get_connection()
    news = getattr(connection, "queue_news", None)
    if news is None or news.is_sent:
        news = connection.queue_news = News()
    transaction.on_commit(news.send)


@receiver(post_save, sender=Decision)
@receiver(post_save, sender=Flood)
@receiver(post_save, sender=Block)
@receiver(post_save, sender=Report)
@receiver(post_delete, sender=Comment)
def changed(raw: bool = False, **signal) -> None:
    if not raw:
        queue_changed()


@receiver(post_save, sender=Comment)
def comment_saved(
    instance: Comment, created: bool, raw: bool, update_fields: frozenset | None = None, **signal
) -> None:
    """Whoever saves one. That a rule held it, as it came or was edited, is a decision too."""
    if raw:
        return
    if instance.state == Comment.State.HELD and instance.hold_reasons and (created or judged_anew(update_fields)):
        held_by_rule(instance, {} if created else {"state": Comment.State.VISIBLE.value})
    if created and instance.parent_id and instance.user_id and instance.user.is_staff:
        answered(instance.parent)
    queue_changed()


def judged_anew(update_fields: frozenset | None) -> bool:
    return update_fields is not None and "hold_reasons" in update_fields


def held_by_rule(comment: Comment, before: dict) -> None:
    last = comment.decisions.standing().filter(after__has_key="state").first()
    if last is None or last.way != Decision.Way.RULE:
        Decision.objects.create(
            comment=comment,
            verb=Decision.Verb.HOLD,
            way=Decision.Way.RULE,
            before=before,
            after={"state": comment.state},
        )


def answered(comment: Comment) -> None:
    """What the author answers is no spam."""
    if comment.is_visible and not Lesson.objects.filter(comment=comment).exists():
        bayes.teach(comment, Lesson.Kind.GOOD)


@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def rights_changed(instance, action: str, reverse: bool, model: type, pk_set: set | None, **signal) -> None:
    """Sockets of whom this concerns are closed; who still may, comes back."""
    if not action.startswith("post_"):
        return
    if isinstance(instance, User):
        users = [instance.pk]
    elif model is User and pk_set:
        users = pk_set
    elif isinstance(instance, Group) and model is not User:
        users = instance.user_set.values_list("pk", flat=True)
    else:
        users = User.objects.filter(is_staff=True).values_list("pk", flat=True)
    for user in users:
        leaving.announce(user, "rights")
