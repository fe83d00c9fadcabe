"""What happened since: for the websocket, for asking by HTTP, and for a hub that missed something."""

import re
from collections.abc import Iterable

from channels.db import database_sync_to_async

from blog.events.models import Event, as_text
from blog.events.recording import SOURCE
from blog.posts.models import Post
from frodo.live import Backlog

MAX_MISSED = 500
"""Who missed more than this reads the thread anew; it is less work for both sides."""

REWRITING = re.compile(r'{"n":\d+,"type":"(comment\.(removed|edited)|post\.updated)"')
"""After these, the words of earlier events may have been changed in the table (blog.discussion.silence)."""


def missed(post_id: int, latest: int, since: int | None) -> list[Event] | None:
    """The events after `since`, in order; None when they cannot be had, all of them."""
    if since is None or since == latest:
        return []
    if not 0 <= latest - since <= MAX_MISSED:
        return None
    events = list(Event.objects.filter(post_id=post_id, n__gt=since, n__lte=latest).order_by("n"))
    return events if len(events) == latest - since else None


class PostEvents:
    """The source of a post's room (frodo.live)."""

    name = SOURCE

    async def since(self, key: int, n: int | None) -> Backlog | None:
        latest, events = await self.read(key, n)
        if latest is None:
            return None
        frames = None if events is None else await Event.to_dicts(events)
        return Backlog(latest, frames and [(frame["n"], as_text(frame)) for frame in frames])

    @database_sync_to_async
    def read(self, key: int, n: int | None) -> tuple[int | None, list[Event] | None]:
        latest = Post.threads.published().filter(pk=key).values_list("last_event", flat=True).first()
        return latest, missed(key, latest, n) if latest is not None else None

    def rewrites_history(self, text: str) -> bool:
        return REWRITING.match(text) is not None

    @database_sync_to_async
    def latest(self, keys: Iterable[int]) -> dict[int, int]:
        return dict(Post.threads.published().filter(pk__in=keys).values_list("pk", "last_event"))


post_events = PostEvents()
