"""Events of posts: numbered, recorded in the transaction of the change, deleted when they are old."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from json import dumps
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from frodo import live
from frodo.async_models import AsyncModel


class Event(AsyncModel):
    """An event of a post; `n` rises by one within the post without gaps."""

    public = ("n", "type", "data")

    post = models.ForeignKey("blog.Post", models.CASCADE, related_name="events")
    n = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["post", "n"], name="one_number_once")]

    def __str__(self) -> str:
        return f"{self.post_id}/{self.n} {self.type}"


def as_text(frame: dict) -> str:
    """An event as JSON, serialized once for all listeners."""
    return dumps(frame, ensure_ascii=False, separators=(",", ":"))


SOURCE = "post"
ROOM = ("visibility", "password")
"""Columns by which a post names the room of its events."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    post: models.Model
    type: str
    data: dict | Callable[[], dict]
    """A dict, or a function that is called when the post's counters have been raised."""
    increments: Mapping[str, int] = field(default_factory=dict)
    """By which the counters of the post are raised, by name."""


def record(
    post: models.Model, type: str, data: dict | Callable[[], dict], *, increments: Mapping[str, int] | None = None
) -> Event:
    """Save an event with the post's next number, and publish it after the commit."""
    new = NewEvent(post, type, data, increments or {})
    posts = type_of(post)._base_manager.select_for_update()
    return record_all([new], {post.pk: posts.only("last_event", *new.increments, *ROOM).get(pk=post.pk)})[0]


def record_all(new: Iterable[NewEvent], locked: Mapping[int, models.Model]) -> list[Event]:
    """Save several events.

    `locked`: their posts by key with current counters. Their rows are locked until the commit, so numbers follow the
    order of commits.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event is recorded in the transaction of its change.")
    counters: dict[int, dict[str, int]] = {}
    events = []
    for each in new:
        post = locked[each.post.pk]
        numbers = counters.setdefault(post.pk, {})
        for name, by in {"last_event": 1, **each.increments}.items():
            numbers[name] = getattr(post, name) + by
            setattr(post, name, numbers[name])
            setattr(each.post, name, numbers[name])
        data = each.data() if callable(each.data) else each.data
        post_row: Any = each.post
        events.append(Event(post=post_row, n=numbers["last_event"], type=each.type, data=data))
    for pk, numbers in counters.items():
        type_of(locked[pk])._base_manager.filter(pk=pk).update(**numbers)
    for event in events:
        event.save(force_insert=True)
        room = locked[event.post_id].event_room  # type: ignore[attr-defined]  # blog.posts.models.Post's
        transaction.on_commit(partial(live.publish, room, event.post_id, event.n, as_text(event.to_dict_sync())))
    return events


def rewrite_events(post: int, name: str, data: dict) -> None:
    """Replace the `name` in earlier events that have its id, so that deleted or changed text is in none of them."""
    for event in Event.objects.filter(post=post, type__startswith=f"{name}.", **{f"data__{name}__id": data["id"]}):
        event.data[name] = data
        event.save(update_fields=["data"])


def type_of(post: models.Model) -> type[models.Model]:
    model = post._meta.concrete_model
    assert model is not None  # only abstract models have none
    return model


AT_ONCE = 1000
"""Rows deleted at once, so that no writer waits for long."""


def prune(table: type[models.Model] = Event) -> None:
    """Delete events older than EVENTS_KEEP_DAYS. Numbering continues."""
    if not settings.EVENTS_KEEP_DAYS:
        return
    old = table._default_manager.filter(created_at__lt=timezone.now() - timedelta(days=settings.EVENTS_KEEP_DAYS))
    while ids := list(old.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]):
        table._default_manager.filter(pk__in=ids).delete()
