"""Numbered events of the list of activities, for `/ws/activities/` and for polling."""

import logging
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError, transaction
from django.utils import timezone

from blog.activities.models import Activity, ActivityEvent, ActivityStream
from blog.activities.querysets import ActivityQuerySet
from blog.events import Event, as_text
from blog.posts.event_history import MAX_MISSED
from blog.posts.models import Post
from frodo import live
from frodo.live import Backlog
from frodo.snapshots import increment

logger = logging.getLogger(__name__)

SOURCE = "activities"
ROOM = ActivityStream.ONLY

POSTED, EDITED, REMOVED = "activity.posted", "activity.edited", "activity.removed"
CARD = "activity.card"
"""A link preview was fetched."""
COUNTED = "activity.counted"
"""The number of comments or reactions changed."""

REWRITING = re.compile(r'{"n":\d+,"type":"activity\.(removed|edited|card)"')
"""After these events, the data of earlier ones was changed in the table."""
LATE = timedelta(days=1)
"""A page opened this long after an activity was published shows it already."""


def record(type: str, activity: int, data: dict) -> ActivityEvent:
    """Record an event, as the last statement of the transaction of the change.

    Locks the one row of the stream until the commit; only authors' actions do so.
    """
    event = ActivityEvent.objects.create(n=rise(), type=type, activity=activity, data={"activity": data})
    text = as_text(event.to_dict_sync())
    transaction.on_commit(partial(live.publish, SOURCE, ROOM, event.n, text))
    return event


def rise() -> int:
    return increment(ActivityStream, ROOM, "n")


def record_activity(type: str, activity: Activity) -> ActivityEvent:
    """Record an event with the activity as readers see it, and remove its earlier text from other events."""
    data = as_dict(activity)
    if type != POSTED:
        rewrite_events(activity.pk, data)
    return record(type, activity.pk, data)


def record_removal(activity: int) -> None:
    rewrite_events(activity, {"id": activity})
    record(REMOVED, activity, {"id": activity})


def rewrite_events(activity: int, data: dict) -> None:
    earlier = ActivityEvent.objects.filter(activity=activity).exclude(type__in=(REMOVED, COUNTED))
    earlier.update(data={"activity": data})


def rewrite_own_events(activity: Activity) -> None:
    """Rewrite the events of its own page, too."""
    own = Event.objects.filter(post=activity)
    own.filter(type=CARD).update(data={"activity": as_dict(activity)})
    for event in own.filter(type="post.updated"):
        event.data["title"] = activity.title
        event.save(update_fields=["data"])


def as_dict(activity: Activity) -> dict:
    return activity.to_dict_sync()


def record_counts(activity: int) -> None:
    """Record the counts of comments and reactions after a change is committed: within its transaction, the stream's row
    would make readers' writes wait for each other. The counts are read under the lock, so that the last event has
    the latest.
    """
    try:
        with transaction.atomic():
            n = rise()
            found = Activity.objects.published().filter(pk=activity).values("id", "n_comments", "reactions").first()
            data = {"activity": found or {"id": activity}}
            event = ActivityEvent.objects.create(n=n, type=COUNTED, activity=activity, data=data)
        live.publish(SOURCE, ROOM, n, as_text(event.to_dict_sync()))
    except DatabaseError as error:
        logger.warning("Activities: a count was not told: %r", error)


def announce_due() -> None:
    """Announce scheduled activities that are now published; one process does it for all."""
    if not come_due().exists():
        return
    with transaction.atomic():
        if ActivityStream.objects.select_for_update().filter(pk=ROOM).first() is None:
            ActivityStream.objects.get_or_create(pk=ROOM)
        now = timezone.now()
        posted = ActivityEvent.objects.filter(type=POSTED).values("activity")
        for activity in come_due().filter(published_at__lte=now).exclude(pk__in=posted).order_by("published_at", "id"):
            record_activity(POSTED, activity)
        ActivityStream.objects.filter(pk=ROOM).update(announced_until=now)


def come_due() -> ActivityQuerySet:
    """Activities published since the last check."""
    announced_until = ActivityStream.objects.filter(pk=ROOM).values_list("announced_until", flat=True).first()
    since = max(announced_until or timezone.now() - LATE, timezone.now() - LATE)
    return Activity.objects.published().filter(published_at__gt=since)


def latest() -> int:
    return ActivityStream.objects.filter(pk=ROOM).values_list("n", flat=True).first() or 0


def missed(n: int, since: int | None) -> list[ActivityEvent] | None:
    """The events after `since`, in order; None if some of them are no longer stored."""
    if since is None or since == n:
        return []
    if not 0 <= n - since <= MAX_MISSED:
        return None
    events = list(ActivityEvent.objects.filter(n__gt=since, n__lte=n))
    return events if len(events) == n - since else None


class ActivityEvents:
    """The source of the room of all activities (frodo.live)."""

    name = SOURCE

    async def since(self, key: int, n: int | None) -> Backlog:
        newest, events = await self.read(n)
        if events is None:
            return Backlog(newest, None)
        return Backlog(newest, [(frame["n"], as_text(frame)) for frame in await ActivityEvent.to_dicts(events)])

    @database_sync_to_async
    def read(self, since: int | None) -> tuple[int, list[ActivityEvent] | None]:
        newest = latest()
        return newest, missed(newest, since)

    def rewrites_history(self, text: str) -> bool:
        return REWRITING.match(text) is not None

    @database_sync_to_async
    def latest(self, keys: Iterable[int]) -> dict[int, int]:
        announce_due()
        return dict.fromkeys(keys, latest())


activity_events = ActivityEvents()


COUNTING = {"comment.posted", "comment.approved", "comment.removed"}


def event_recorded(instance: Event, created: bool, raw: bool, **signal: Any) -> None:
    if raw or not created or instance.post.kind != Post.Kind.ACTIVITY:
        return
    is_reaction = instance.type == "reactions.changed" and instance.data["comment"] is None
    if is_reaction or instance.type in COUNTING:
        transaction.on_commit(partial(record_counts, instance.post_id))
