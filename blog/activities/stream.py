"""What happens to the list of activities, numbered: for `/ws/activities/`, and for who asks by HTTP."""

import logging
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from blog.activities.models import Activity, ActivityEvent, ActivityStream
from blog.events.history import MAX_MISSED
from blog.events.models import Event, as_text
from frodo import live
from frodo.live import Backlog

logger = logging.getLogger(__name__)

SOURCE = "activities"
ROOM = ActivityStream.ONLY

POSTED, EDITED, REMOVED = "activity.posted", "activity.edited", "activity.removed"
CARD = "activity.card"
"""What a link leads to was read."""
COUNTED = "activity.counted"
"""There are more comments or reactions, or fewer."""

REWRITING = re.compile(r'{"n":\d+,"type":"activity\.(removed|edited|card)"')
"""After these, the words of earlier events have been changed in the table."""
LATE = timedelta(days=1)
"""Who opens the list so long after an activity came due finds it there, and needs not be told."""


def tell(type: str, activity: int, said: dict) -> ActivityEvent:
    """Number what happened and tell it, in the transaction of the change and as the last thing in it.

    The one row of the stream is locked from here to the commit: only the author's own deeds do so.
    """
    event = ActivityEvent.objects.create(n=rise(), type=type, activity=activity, data={"activity": said})
    text = as_text(async_to_sync(event.to_dict)())
    transaction.on_commit(partial(live.publish, SOURCE, ROOM, event.n, text))
    return event


def rise(**also) -> int:
    stream = ActivityStream.objects.filter(pk=ROOM)
    if not stream.update(n=F("n") + 1, **also):
        ActivityStream.objects.get_or_create(pk=ROOM)
        stream.update(n=F("n") + 1, **also)
    return stream.values_list("n", flat=True).get()


def tell_whole(type: str, activity: Activity) -> ActivityEvent:
    """With the activity as readers see it now. Its earlier words are not to be read any more."""
    said = as_dict(activity)
    if type != POSTED:
        retell(activity.pk, said)
    return tell(type, activity.pk, said)


def tell_removed(activity: int) -> None:
    retell(activity, {"id": activity})
    tell(REMOVED, activity, {"id": activity})


def retell(activity: int, said: dict) -> None:
    earlier = ActivityEvent.objects.filter(activity=activity).exclude(type__in=(REMOVED, COUNTED))
    earlier.update(data={"activity": said})


def retell_own(activity: Activity) -> None:
    """In the events of its own page, too, it is only told as it is now."""
    own = Event.objects.filter(post=activity)
    own.filter(type=CARD).update(data={"activity": as_dict(activity)})
    for event in own.filter(type="post.updated"):
        event.data["title"] = activity.title
        event.save(update_fields=["data"])


def as_dict(activity: Activity) -> dict:
    return async_to_sync(activity.to_dict)()


def tell_counts(activity: int) -> None:
    """Called after the change is committed: in its transaction, the stream's row would make readers' writes wait for
    one another. The counts are read under the lock, so that the last event has the last counts."""
    try:
        with transaction.atomic():
            n = rise()
            found = Activity.objects.published().filter(pk=activity).values("id", "n_comments", "reactions").first()
            data = {"activity": found or {"id": activity}}
            event = ActivityEvent.objects.create(n=n, type=COUNTED, activity=activity, data=data)
        live.publish(SOURCE, ROOM, n, as_text(async_to_sync(event.to_dict)()))
    except DatabaseError as error:
        logger.warning("Activities: a count was not told: %r", error)


def announce_due() -> None:
    """Tell of scheduled activities whose time has come: whoever looks first does it, for all."""
    if not come_due().exists():
        return
    with transaction.atomic():
        if ActivityStream.objects.select_for_update().filter(pk=ROOM).first() is None:
            ActivityStream.objects.get_or_create(pk=ROOM)
        now = timezone.now()
        told = ActivityEvent.objects.filter(type=POSTED).values("activity")
        for activity in come_due().filter(published_at__lte=now).exclude(pk__in=told).order_by("published_at", "id"):
            tell_whole(POSTED, activity)
        ActivityStream.objects.filter(pk=ROOM).update(told_until=now)


def come_due():
    """Visible only since the last look. Those that were posted at once are among them."""
    told_until = ActivityStream.objects.filter(pk=ROOM).values_list("told_until", flat=True).first()
    since = max(told_until or timezone.now() - LATE, timezone.now() - LATE)
    return Activity.objects.published().filter(published_at__gt=since)


def latest() -> int:
    return ActivityStream.objects.filter(pk=ROOM).values_list("n", flat=True).first() or 0


def missed(n: int, since: int | None) -> list[ActivityEvent] | None:
    """The events after `since`, in order; None when they cannot be had, all of them."""
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
        frames = None if events is None else await ActivityEvent.to_dicts(events)
        return Backlog(newest, frames and [(frame["n"], as_text(frame)) for frame in frames])

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
