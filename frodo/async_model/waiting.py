"""Work on the event loop that many may wait for, done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from asgiref.sync import SyncToAsync
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.db.models import Model

    from .properties import AwaitedProperty

    # One value that is asked for: this property of this object.
    Place = tuple[Model, AwaitedProperty[Any]]

MISSING: Any = object()


class Failed:
    """The answer for one place among many whose own work went wrong."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Wait:
    """Work under way for some places. It stands in each object's `__dict__` until the value does.

    Whoever waits may be cancelled without harm to the others; the work itself
    is cancelled when nobody waits any more.
    """

    __slots__ = ("_key", "_loop", "_work", "error", "errors", "places", "task", "waiters")

    def __init__(
        self,
        work: Callable[[list[Place]], Awaitable[Sequence[Any]]],
        places: Iterable[Place] = (),
        key: Hashable = None,
    ) -> None:
        self.places: list[Place] = []
        self.error: BaseException | None = None
        self.errors: dict[tuple[int, str], BaseException] = {}
        self.waiters = 0
        self._key = key
        self._work = work
        self._loop = asyncio.get_running_loop()
        for obj, prop in places:
            self.add(obj, prop)
        self.task = self._loop.create_task(self._run())
        self.task.add_done_callback(self._settle)

    def add(self, obj: Model, prop: AwaitedProperty[Any]) -> None:
        self.places.append((obj, prop))
        obj.__dict__[prop.name] = self

    def is_joinable(self) -> bool:
        """Whether a newcomer may wait here: same loop, and not given up."""
        return self._loop is asyncio.get_running_loop() and not self.task.cancelled()

    def raise_for(self, obj: Model, prop: AwaitedProperty[Any]) -> None:
        error = self.errors.get((id(obj), prop.name))
        if self.error and any(place[0] is obj and place[1] is prop for place in self.places):
            error = self.error
        if error is not None:
            raise error

    def leave(self) -> None:
        self.waiters -= 1
        if not self.waiters and not self.task.done():
            self.task.cancel()
            self._withdraw()

    async def _run(self) -> Sequence[Any]:
        self._close()
        _inside.set((*_inside.get(), self))
        return await self._work(self.places)

    def _close(self) -> None:
        """From now on who asks is put into the next turn's batch."""
        turn = _turns.get(self._loop)
        if self._key is not None and turn is not None and turn.get(self._key) is self:
            del turn[self._key]

    def _withdraw(self) -> None:
        self._close()
        for obj, prop in self.places:
            if obj.__dict__.get(prop.name) is self:
                del obj.__dict__[prop.name]

    def _settle(self, task: asyncio.Task[Sequence[Any]]) -> None:
        if task.cancelled():
            self.error = asyncio.CancelledError()
            self._withdraw()
        elif (error := task.exception()) is not None:
            self.error = error
            self._withdraw()
        else:
            for (obj, prop), answer in zip(self.places, task.result(), strict=True):
                mine = obj.__dict__.get(prop.name) is self  # else set or forgotten meanwhile
                if answer.__class__ is Failed:
                    self.errors[id(obj), prop.name] = answer.error
                    if mine:
                        del obj.__dict__[prop.name]
                elif mine:
                    obj.__dict__[prop.name] = answer


# The waits this piece of code is itself a part of, so that a circle is an error and not a hang.
_inside: ContextVar[tuple[Wait, ...]] = ContextVar("async_model_inside", default=())

# What was asked for in this turn of each loop. An entry lives until its work starts.
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Wait]] = WeakKeyDictionary()


def batch_of_this_turn(key: tuple[Any, ...], work: Callable[[list[Place]], Any]) -> Wait:
    """The batch that gathers all who ask for `key` before the loop comes round.

    Django gives each request its own thread-sensitive context, so two requests
    never share a batch; nor do two languages or time zones.
    """
    request = SyncToAsync.thread_sensitive_context.get(None)
    whole_key = (*key, request, get_language(), get_current_timezone())
    turn = _turns.setdefault(asyncio.get_running_loop(), {})
    if whole_key not in turn:
        turn[whole_key] = Wait(work, key=whole_key)
    return turn[whole_key]


async def wait_for(waits: Sequence[Wait]) -> None:
    for wait in waits:
        if wait in _inside.get():
            names = sorted({prop.label for _, prop in wait.places})
            raise RuntimeError(f"{', '.join(names)} waits for itself")
    for wait in waits:
        wait.waiters += 1
    try:
        await asyncio.wait([wait.task for wait in waits])
    finally:
        for wait in waits:
            wait.leave()


async def together(*awaitables: Awaitable[Any]) -> list[Any]:
    """Run what does not depend on each other; the first error in order is raised when all are done."""
    if len(awaitables) < 2:
        return [await each for each in awaitables]
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
