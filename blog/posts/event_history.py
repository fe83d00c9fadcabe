"""Events since a number: for websockets, for polling, and for a hub that missed messages."""

import re
from collections.abc import Iterable

from channels.db import database_sync_to_async

from blog.events import SOURCE, Event, as_text
from blog.posts.models import Post
from frodo.live import Backlog

MAX_MISSED = 500
"""A client that missed more gets a reset and loads the thread again."""

REWRITING = re.compile(r'{"n":\d+,"type":"((comment|entry)\.(removed|edited)|post\.updated)"')
"""After these events, the data of earlier ones may have been changed in the table (blog.comments.edit_services)."""


def missed(post_id: int, latest: int, since: int | None) -> list[Event] | None:
    """The events after `since`, in order; None if some of them are no longer stored."""
    if since is None or since == latest:
        return []
    if not 0 <= latest - since <= MAX_MISSED:
        return None
    events = list(Event.objects.filter(post_id=post_id, n__gt=since, n__lte=latest).order_by("n"))
    return events if len(events) == latest - since else None


class PostEvents:
    """The source of a post's room (frodo.live): the one for everyone, or that of a post which is not for everyone
    (`Post.event_room`).
    """

    def __init__(self, name: str = SOURCE) -> None:
        self.name = name

    async def since(self, key: int, n: int | None) -> Backlog | None:
        latest, events = await self.read(key, n)
        if latest is None:
            return None
        if events is None:
            return Backlog(latest, None)
        return Backlog(latest, [(frame["n"], as_text(frame)) for frame in await Event.to_dicts(events)])

    @database_sync_to_async
    def read(self, key: int, n: int | None) -> tuple[int | None, list[Event] | None]:
        latest = self.numbers([key]).get(key)
        return latest, missed(key, latest, n) if latest is not None else None

    def rewrites_history(self, text: str) -> bool:
        return REWRITING.match(text) is not None

    @database_sync_to_async
    def latest(self, keys: Iterable[int]) -> dict[int, int]:
        return self.numbers(keys)

    def numbers(self, keys: Iterable[int]) -> dict[int, int]:
        """The last number of each post whose events are in this room now."""
        if self.name == SOURCE:
            return dict(Post.threads.published().filter(pk__in=keys).values_list("pk", "last_event"))
        found = Post.threads.released().filter(pk__in=keys).only("last_event", "password")
        return {post.pk: post.last_event for post in found if post.event_room == self.name}


post_events = PostEvents()
