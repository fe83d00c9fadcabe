"""A room: the events of one object, such as a post, and its listeners in this process."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from django.db import Error as DatabaseError

from frodo import metrics
from frodo.live.listener import Backlog, Listener, reset_frame
from frodo.live.presence import Presence

logger = logging.getLogger(__name__)

MAX_RECENT = 100
"""Recent frames kept, so that reconnecting clients need no query."""
GRACE = 0.05
"""Seconds to wait for a number that is late, as when two processes commit at once."""


class Source(Protocol):
    """Where a room's events are stored. A room is identified by source and key."""

    name: str

    async def since(self, key: int, n: int | None) -> Backlog | None:
        """Events after `n`; empty for None; None if the key is not visible."""

    async def latest(self, keys: Iterable[int]) -> dict[int, int]:
        """The latest number of each visible key."""

    def rewrites_history(self, text: str) -> bool:
        """Whether earlier frames must not be sent after this one."""


def room_name(source: str, key: int) -> str:
    return f"live.{source}.{key}"


class Room:
    """The sockets of one room in this process, and the last number sent."""

    def __init__(self, source: Source, key: int) -> None:
        self.source = source
        self.key = key
        self.name = room_name(source.name, key)
        self.listeners: set[Listener] = set()
        self.last: int | None = None
        self.recent: deque[tuple[int, str]] = deque(maxlen=MAX_RECENT)
        self.early: dict[int, str] = {}
        self.filling: asyncio.Task | None = None
        self.joined_layer = False
        self.presence = Presence()

    async def backlog(self, since: int | None) -> Backlog | None:
        """Missed events, from memory or the source."""
        if self.last is not None and self.joined_layer:
            if since is None:
                return Backlog(self.last, [])
            if self.last - len(self.recent) <= since <= self.last:
                return Backlog(self.last, [(n, text) for n, text in self.recent if n > since])
        backlog = await self.source.since(self.key, since)
        if backlog is not None and self.last is None:
            self.last = backlog.n
            self.early = {n: text for n, text in self.early.items() if n > self.last}
            self.tell_early()
        return backlog

    def hear(self, n: int, text: str) -> None:
        if self.last is not None and n <= self.last:
            return
        self.early[n] = text
        self.tell_early()
        if self.early and self.last is not None:
            self.fill(GRACE)

    def tell_early(self) -> None:
        while self.last is not None and self.last + 1 in self.early:
            self.tell(self.last + 1, self.early.pop(self.last + 1))

    def tell(self, n: int, text: str) -> None:
        self.last = n
        if self.source.rewrites_history(text):
            self.recent.clear()
        self.recent.append((n, text))
        metrics.FRAMES.inc(len(self.listeners))
        for listener in self.listeners:
            listener.tell(n, text)

    def fill(self, delay: float = 0) -> None:
        if self.filling is None:
            self.filling = asyncio.create_task(self.fill_gap(delay))

    async def fill_gap(self, delay: float) -> None:
        try:
            await asyncio.sleep(delay)
            if delay and not self.early:
                return  # it was only late
            backlog = await self.source.since(self.key, self.last)
            if backlog is not None:
                self.take(backlog)
        except (DatabaseError, OSError):  # the source is away: the next sweep tries again
            logger.exception("Live: the gap in %s could not be filled", self.name)
        finally:
            self.filling = None

    def take(self, backlog: Backlog) -> None:
        if backlog.frames is None:
            self.recent.clear()
            self.last = backlog.n
            for listener in self.listeners:
                listener.tell(backlog.n, reset_frame(backlog.n))
        else:
            for n, text in backlog.frames:
                if self.last is not None and n == self.last + 1:
                    self.tell(n, text)
        self.early = {n: text for n, text in self.early.items() if self.last is None or n > self.last}
        self.tell_early()
        self.early.clear()  # what the source does not know yet, a sweep will find there

    def whisper(self, text: str) -> None:
        for listener in self.listeners:
            if not listener.whisper(text):
                self.presence.told = None  # next time, then

    def close(self, code: int) -> None:
        for listener in self.listeners:
            listener.close(code)
