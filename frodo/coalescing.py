"""Coalesce calls that several threads make at the same moment into one."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batch(Generic[T, R]):
    def __init__(self) -> None:
        self.items: list[T] = []
        self.results: Sequence[R | BaseException] | None = None


class Coalescer(Generic[T, R]):
    """Calls `run` with a list of items; items that other threads add during a call are handled by the next one.

    `run` returns a result for each item, in the same order. A result that is an exception is raised in the thread
    of its item, and what `run` itself raises is raised in all of them. A thread waits for two calls at most.
    """

    def __init__(self, run: Callable[[list[T]], Sequence[R | BaseException]]) -> None:
        self.run = run
        self.turn = Lock()
        self.gathering: Batch[T, R] = Batch()
        self.lock = Lock()  # of `gathering`

    def __call__(self, item: T) -> R:
        with self.lock:
            batch = self.gathering
            place = len(batch.items)
            batch.items.append(item)
        with self.turn:
            if batch.results is None:  # else another thread has done it
                with self.lock:
                    self.gathering = Batch()
                try:
                    batch.results = self.run(batch.items)
                except BaseException as error:
                    batch.results = [error] * len(batch.items)
        result = batch.results[place]
        if isinstance(result, BaseException):
            raise result
        return result
