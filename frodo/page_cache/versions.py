"""How a process knows that the pages it keeps still hold.

Every change that readers may see has a number, the edition. A process hears of changes from its own writers at
once and from others over the channel layer; what the layer lost shows as a gap in the numbers, and once a second
the number is asked of the database itself.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from math import inf
from time import time
from typing import NamedTuple, Protocol

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError

from frodo import channel_layer
from frodo.site_settings import on_load

logger = logging.getLogger(__name__)

GROUP = "frodo.pages"
TRUST = 5
"""Missed checks before cached pages are no longer trusted."""
REJOIN = 600
"""Checks between joins of the group, since a layer may forget members."""


class Change(NamedTuple):
    """`n`: the site version of the change, None if it could not be stored. `about` None: everything changed."""

    n: int | None
    about: tuple[str, ...] | None = None
    is_hard: bool = False


EVERYTHING = Change(None, None, True)


class State(NamedTuple):
    n: int
    next_change: float | None
    """When the next scheduled change is due."""


class Source(Protocol):
    """Access to the database; sync, called in a thread."""

    def state(self, since: float) -> State: ...

    def add_views(self, views: dict[str, int]) -> None: ...

    def add_visits(self, referrers: dict[str, int], queries: dict[tuple[str, bytes], int]) -> None: ...


watches: set["VersionWatcher"] = set()


def publish_change(change: Change) -> None:
    """Publish a change after the commit to all processes. Never fails."""
    for watch in list(watches):
        watch.heard.append(change)
    channel_layer.sender.send(GROUP, {"type": "pages.changed", **change._asdict()})


def forget_here() -> None:
    """Purge all pages of this process."""
    for watch in list(watches):
        watch.heard.append(Change(None))


on_load.append(forget_here)


class VersionWatcher:
    def __init__(self, source: Source, forget: Callable[..., None]) -> None:
        self.source = source
        self.forget = forget
        self.heard: deque[Change] = deque()  # writers' threads append, the event loop takes
        self.n: int | None = None
        self.sure_until = 0.0
        self.next_change = inf
        self.looked_at = 0.0
        self.is_away = False
        self.looking: asyncio.Task | None = None
        self.asking: asyncio.Task | None = None
        self.tasks: list[asyncio.Task] = []
        self.channel: str | None = None

    def start(self) -> None:
        if not self.tasks:
            watches.add(self)
            self.tasks = [asyncio.create_task(self.keep_looking()), asyncio.create_task(self.listen())]

    async def stop(self) -> None:
        watches.discard(self)
        tasks = [*self.tasks, *filter(None, (self.looking, self.asking))]
        self.tasks = []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.sure_until = 0.0

    # What was heard

    def receive(self) -> None:
        while self.heard:
            change = self.heard.popleft()
            if change.n is not None and self.n is not None and change.n <= self.n:
                continue  # heard before
            follows = change.n is None or self.n is None or change.n == self.n + 1
            self.forget(change.about if follows else None, is_hard=change.is_hard or not follows)
            if change.n is not None and self.n is not None:
                self.n = change.n

    async def listen(self) -> None:
        channels, is_away = channel_layer.configured_layer(), False
        while True:
            try:
                async with asyncio.timeout(channel_layer.TIMEOUT):
                    self.channel = self.channel or await channels.new_channel()
                    await channels.group_add(GROUP, self.channel)
                if is_away:
                    channel_layer.outage.end()
                    is_away = False
                    self.heard.append(EVERYTHING)
                while True:
                    message = await channels.receive(self.channel)
                    about = message["about"]
                    self.heard.append(Change(message["n"], about and tuple(about), message["is_hard"]))
            except channel_layer.ERRORS as error:
                channel_layer.outage.begin(error, 0)
                is_away = True
                await asyncio.sleep(settings.PAGE_CACHE_POLL_SECONDS)

    # What the database says

    def is_sure(self) -> bool:
        """Whether cached pages are valid now. Purges them when a scheduled change is due."""
        now = time()
        if now >= self.next_change:
            self.next_change = inf
            self.sure_until = self.looked_at + TRUST * settings.PAGE_CACHE_POLL_SECONDS
            self.forget(None, is_hard=False)
        return now < self.sure_until

    async def make_sure(self) -> bool:
        """The same, with a version query if unknown. False if the database is down."""
        self.start()
        if self.is_sure():
            return True
        if not self.is_away:
            await self.look()
        return self.is_sure()

    async def keep_looking(self) -> None:
        looks = 0
        while True:
            await self.look()
            await asyncio.sleep(settings.PAGE_CACHE_POLL_SECONDS)
            looks += 1
            if looks % REJOIN == 0 and self.channel:
                await self.rejoin(self.channel)

    async def rejoin(self, channel: str) -> None:
        try:
            async with asyncio.timeout(channel_layer.TIMEOUT):
                await channel_layer.configured_layer().group_add(GROUP, channel)
        except channel_layer.ERRORS as error:
            logger.warning("Pages: the group was not joined again: %r", error)

    async def look(self) -> None:
        """Concurrent callers share one query."""
        if self.looking is None:
            self.looking = asyncio.create_task(self.look_once())
        await asyncio.shield(self.looking)

    async def look_once(self) -> None:
        try:
            while await self.ask():
                pass  # something was due since the last look, and something else may be due soon
        except (DatabaseError, OSError) as error:  # a timeout is an OSError
            self.sure_until = 0.0
            if not self.is_away:
                logger.warning("Pages: the database is away, known pages are served as they were: %r", error)
            self.is_away = True
        else:
            if self.is_away:
                logger.warning("Pages: the database is back")
            self.is_away = False
        finally:
            self.looking = None

    def asked(self, asking: asyncio.Task) -> None:
        self.asking = None
        if not asking.cancelled():
            asking.exception()  # it was told to who waited, if he still does

    async def ask(self) -> bool:
        """Whether a scheduled change became due since the last check."""
        async with asyncio.timeout(settings.PAGE_CACHE_VERSION_QUERY_SECONDS):
            if self.asking is not None:
                await asyncio.wait([self.asking])  # one thread is enough to hang at a database that says nothing
            began, before = time(), self.n
            self.asking = asyncio.create_task(database_sync_to_async(self.source.state)(self.looked_at or began))
            self.asking.add_done_callback(self.asked)
            state = await asyncio.shield(self.asking)
        self.receive()
        if state.n != self.n and (self.n == before or state.n > self.n):
            self.forget(None, is_hard=True)  # what happened in between, nobody told us
            self.n = state.n
        self.looked_at = began
        self.next_change = inf if state.next_change is None else state.next_change
        self.sure_until = min(began + TRUST * settings.PAGE_CACHE_POLL_SECONDS, self.next_change)
        was_due = time() >= self.next_change
        self.is_sure()
        return was_due
