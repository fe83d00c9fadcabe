"""The job types, and what a job's function raises."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from frodo.text import StrOrPromise

MAX_BACKOFF = timedelta(hours=8)


class Failed(Exception):
    """Trying again will not help."""


class Retry(Exception):
    """Try again after the back-off, or after `after` seconds if that is longer."""

    def __init__(self, message: object = "", after: float = 0) -> None:
        super().__init__(message)
        self.after = timedelta(seconds=after)


class Unavailable(Retry):
    """What all jobs of this type need is down: the others wait as well, and max_attempts does not end this one."""


@dataclass(frozen=True, slots=True)
class JobType:
    name: str
    function: Callable[..., object]
    label: StrOrPromise
    every: timedelta | None = None  # runs on this schedule, enqueued by the worker itself
    priority: int = 5  # due jobs with lower numbers run first
    max_attempts: int = 5  # with those that ended with their process
    backoff: timedelta = timedelta(minutes=1)  # after the first attempt; doubled after each further one
    is_long: bool = False  # takes minutes: runs in a thread of its own, one of these at a time
    pass_job: bool = False  # give the function the job as its first argument
    describe: Callable[..., str] | None = None  # what a job with these arguments is about, for the admin
    on_failure: Callable[..., None] | None = None  # called when it is given up, in the same transaction

    def delay(self, attempts: int) -> timedelta:
        return min(self.backoff * 2 ** min(attempts - 1, 16), MAX_BACKOFF) * random.uniform(0.75, 1.25)


job_types: dict[str, JobType] = {}


def register(name: str, function: Callable[..., object], label: StrOrPromise, **options: Any) -> None:
    """Called in an app's `ready()`. `options` are the further fields of JobType."""
    job_types[name] = JobType(name, function, label, **options)


def choices() -> list[tuple[str, StrOrPromise]]:
    return [(name, job_type.label) for name, job_type in job_types.items()]
