"""One open socket, and what waits for it."""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from json import dumps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .room import Room

GONE = 4004
"""There is no such room, or no longer."""
TOO_SLOW = 4008
"""Frames waited too long to be read: come back with your last number."""
LATER = 1013
"""No room or no database now: come back later, ask by HTTP until then."""

MAX_WAITING = 100
"""Frames that may wait for a reader who does not read."""

Send = Callable[[dict], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was missed: the newest number, and the frames up to it. `frames` None: they cannot be had."""

    n: int
    frames: list[tuple[int, str]] | None


def reset_frame(n: int) -> str:
    return dumps({"type": "reset", "n": n})


def begin(coroutine: Coroutine) -> Coroutine | None:
    """Run a coroutine up to its first wait. None when it is done, else the rest of it.

    Writing to a socket hardly ever waits, and a task for each of 5,000 sockets costs more than the writing.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return rest_of(coroutine, waits_for)


@types.coroutine
def rest_of(coroutine: Coroutine, waits_for):
    while True:
        try:
            value = yield waits_for
        except BaseException as error:
            step, argument = coroutine.throw, error
        else:
            step, argument = coroutine.send, value
        try:
            waits_for = step(argument)
        except StopIteration:
            return


class Listener:
    """One socket in a room. Frames that cannot be written at once wait here, but not for ever."""

    __slots__ = ("gone", "last", "room", "send", "task", "waiting")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.room: Room | None = None
        self.last: int | None = None  # None: it is reading what it missed, and what happens meanwhile waits
        self.waiting: deque = deque()
        self.task: asyncio.Task | None = None
        self.gone = False

    def tell(self, n: int, text: str) -> None:
        if self.last is None:
            self.waiting.append((n, text))
        elif n > self.last:
            self.last = n
            self.write(text)

    def whisper(self, text: str) -> bool:
        """Say what has no number, unless it is still reading what it missed. Who reads slowly is spared it."""
        if self.task is None and self.last is not None:
            self.write(text)
        return self.last is not None

    def catch_up(self, backlog: Backlog) -> None:
        """Hello, what was missed, and what came while it was read."""
        meanwhile, self.waiting = self.waiting, deque()
        self.last = backlog.n
        self.write(dumps({"type": "hello", "n": backlog.n}))
        if backlog.frames is None:
            self.write(reset_frame(backlog.n))
        elif backlog.frames:
            for _n, text in backlog.frames:
                self.write(text, limit=len(backlog.frames) + MAX_WAITING)
        for n, text in meanwhile:
            self.tell(n, text)

    def write(self, text: str, limit: int = MAX_WAITING) -> None:
        if self.gone:
            return
        if self.task is not None:
            if len(self.waiting) < limit:
                self.waiting.append(text)
            else:
                self.close(TOO_SLOW)
            return
        try:
            rest = begin(self.send({"type": "websocket.send", "text": text}))
        except (OSError, RuntimeError):  # it has left; its consumer hears of it in its own time
            self.gone = True
        else:
            if rest is not None:
                self.task = asyncio.create_task(self.write_rest(rest))

    async def write_rest(self, rest: Awaitable) -> None:
        try:
            await rest
            while self.waiting:
                await self.send({"type": "websocket.send", "text": self.waiting.popleft()})
        except (OSError, RuntimeError):
            self.gone = True
        finally:
            self.task = None

    def close(self, code: int) -> None:
        """Say goodbye. Whoever reads nothing is not waited for."""
        if self.gone:
            return
        self.gone = True
        self.waiting.clear()
        if self.task is not None:
            self.task.cancel()
        self.task = asyncio.create_task(self.say_close(code))

    async def say_close(self, code: int) -> None:
        try:
            await self.send({"type": "websocket.close", "code": code})
        except (OSError, RuntimeError):
            self.task = None  # it was faster
