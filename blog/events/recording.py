"""Writing down that something happened to a post, in the transaction that makes it happen."""

from functools import partial

from asgiref.sync import async_to_sync
from django.db import models, transaction
from django.db.models import F

from blog.events.models import Event, as_text
from frodo import live

SOURCE = "post"


def record(post: models.Model, type: str, data: dict) -> Event:
    """Give the event the post's next number, and publish it once the caller's transaction is committed.

    The update locks the post's row until then, so numbers are given in the order of commits.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded in the transaction of its change.")
    posts = type_of(post)._base_manager.filter(pk=post.pk)
    posts.update(last_event=F("last_event") + 1)
    post.last_event = posts.values_list("last_event", flat=True).get()
    event = Event.objects.create(post=post, n=post.last_event, type=type, data=data)
    transaction.on_commit(partial(live.publish, SOURCE, post.pk, event.n, as_text(async_to_sync(event.to_dict)())))
    return event


def type_of(post: models.Model) -> type[models.Model]:
    return post._meta.concrete_model
