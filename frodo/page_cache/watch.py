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

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from frodo import layer
from frodo.outages import Away

logger = logging.getLogger(__name__)

GROUP = "frodo.pages"
LOOK_TIMEOUT = 2.0
"""Seconds after which a database that says nothing is away."""
TRUST = 5
"""Looks that may fail to come before we are not sure any more."""
REJOIN = 600
"""Looks between two times that the group is joined: a layer may forget its members."""


class Change(NamedTuple):
    """`n`: the edition it made, None where that could not be written down. `about` None: every page changed."""

    n: int | None
    about: tuple[str, ...] | None = None
    taken_away: bool = False


EVERYTHING = Change(None, None, True)


class State(NamedTuple):
    n: int
    next_change: float | None
    """When something will appear by itself, the first after the moment that was asked about."""


class Source(Protocol):
    """What the database knows. Its functions are sync, and called in a thread."""

    def state(self, since: float) -> State: ...

    def add_views(self, views: dict[str, int]) -> None: ...


watches: set["Watch"] = set()


def tell(change: Change) -> None:
    """Called after commit, by any process: those that serve pages hear of it. Never fails."""
    for watch in list(watches):
        watch.heard.append(change)
    try:
        async_to_sync(send)(change)
    except Away as away:
        logger.debug("Pages: edition %s was not announced: %s", change.n, away)
    except Exception as error:  # whatever the layer's server throws at us
        logger.warning("Pages: edition %s was not announced: %r", change.n, error)


async def send(change: Change) -> None:
    await layer.send_to_group(GROUP, {"type": "pages.changed", **change._asdict()})


class Watch:
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

    def take_news(self) -> None:
        while self.heard:
            change = self.heard.popleft()
            if change.n is not None and self.n is not None and change.n <= self.n:
                continue  # heard before
            follows = change.n is None or self.n is None or change.n == self.n + 1
            self.forget(change.about if follows else None, taken_away=change.taken_away or not follows)
            if change.n is not None and self.n is not None:
                self.n = change.n

    async def listen(self) -> None:
        channels, is_away = get_channel_layer(), False
        while True:
            try:
                async with asyncio.timeout(layer.TIMEOUT):
                    self.channel = self.channel or await channels.new_channel()
                    await channels.group_add(GROUP, self.channel)
                if is_away:
                    logger.warning("Pages: the channel layer is back")
                    is_away = False
                    self.heard.append(EVERYTHING)
                while True:
                    message = await channels.receive(self.channel)
                    about = message["about"]
                    self.heard.append(Change(message["n"], about and tuple(about), message["taken_away"]))
            except Exception as error:  # other people's server
                if not is_away:
                    logger.warning("Pages: the channel layer is away, changes are found by looking: %r", error)
                is_away = True
                await asyncio.sleep(settings.PAGE_CACHE_LOOK)

    # What the database says

    def is_sure(self) -> bool:
        """Do the pages we keep hold at this moment? Forgets them when one has just been due to appear."""
        now = time()
        if now >= self.next_change:
            self.next_change = inf
            self.sure_until = self.looked_at + TRUST * settings.PAGE_CACHE_LOOK
            self.forget(None, taken_away=False)
        return now < self.sure_until

    async def make_sure(self) -> bool:
        """The same, and looks when it does not know. False: the database is away."""
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
            await asyncio.sleep(settings.PAGE_CACHE_LOOK)
            looks += 1
            if looks % REJOIN == 0 and self.channel:
                await self.rejoin()

    async def rejoin(self) -> None:
        try:
            async with asyncio.timeout(layer.TIMEOUT):
                await get_channel_layer().group_add(GROUP, self.channel)
        except Exception as error:
            logger.warning("Pages: the group was not joined again: %r", error)

    async def look(self) -> None:
        """Whoever asks while it is on its way waits for the same answer."""
        if self.looking is None:
            self.looking = asyncio.create_task(self.look_once())
        await asyncio.shield(self.looking)

    async def look_once(self) -> None:
        try:
            while await self.ask():
                pass  # something was due since the last look, and something else may be due soon
        except Exception as error:  # whatever a database that is away throws at us
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
        """Has something come due since the last time?"""
        async with asyncio.timeout(LOOK_TIMEOUT):
            if self.asking is not None:
                await asyncio.wait([self.asking])  # one thread is enough to hang at a database that says nothing
            began, before = time(), self.n
            self.asking = asyncio.create_task(database_sync_to_async(self.source.state)(self.looked_at or began))
            self.asking.add_done_callback(self.asked)
            state = await asyncio.shield(self.asking)
        self.take_news()
        if state.n != self.n and (self.n == before or state.n > self.n):
            self.forget(None, taken_away=True)  # what happened in between, nobody told us
            self.n = state.n
        self.looked_at = began
        self.next_change = inf if state.next_change is None else state.next_change
        self.sure_until = min(began + TRUST * settings.PAGE_CACHE_LOOK, self.next_change)
        was_due = time() >= self.next_change
        self.is_sure()
        return was_due
