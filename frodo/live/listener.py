"""One open websocket and its queue."""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from json import dumps
from typing import TYPE_CHECKING, Any

from frodo.asgi_types import Scope, Send
from frodo.protocols import WRITE_FRAME, text_frame

if TYPE_CHECKING:
    from frodo.live.room import Room

GONE = 4004
"""Close code: no such room."""
TOO_SLOW = 4008
"""Close code: too many frames waited; reconnect with the last number."""
LATER = 1013
"""Close code: overloaded or no database; poll and reconnect later."""

MAX_WAITING = 100
"""Maximum of waiting frames."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Missed events: the latest number and the frames up to it; `frames` is None if they are no longer available."""

    n: int
    frames: list[tuple[int, str]] | None


def reset_frame(n: int) -> str:
    return dumps({"type": "reset", "n": n})


def begin(coroutine: Awaitable[None]) -> Awaitable[None] | None:
    """Run a coroutine until it first waits. Returns None when it is done, else the rest.

    Writing to a socket rarely waits, and a task for each of 5,000 sockets costs more than the writing.
    """
    assert isinstance(coroutine, Coroutine)
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return rest_of(coroutine, waits_for)


@types.coroutine
def rest_of(coroutine: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    step: Callable[[Any], Any]
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
    """One websocket in a room. Frames that cannot be written at once wait here, up to MAX_WAITING."""

    __slots__ = ("gone", "last", "room", "send", "task", "waiting", "write_frame")

    def __init__(self, scope: Scope, send: Send) -> None:
        self.send = send
        self.write_frame: Callable[[bytes], bool] | None = scope.get("extensions", {}).get(WRITE_FRAME)
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
        """Send a frame without a number, unless the client is catching up or slow."""
        if self.task is None and self.last is not None:
            self.write(text)
        return self.last is not None

    def catch_up(self, backlog: Backlog) -> None:
        """Send hello, missed events, and what arrived meanwhile."""
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
            if self.write_frame is not None and self.write_frame(text_frame(text)):
                return
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
        """Close, without waiting for a client that does not read."""
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
