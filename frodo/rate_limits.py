"""Rate limits: how often somebody may do something."""

import math
import re
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frodo.errors import ServiceError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Rate:
    times: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> "Rate":
        """`10/10m` is ten times in ten minutes; `5/h` five an hour."""
        match = re.fullmatch(r"(\d+)/(\d*)([smhd])", text.strip())
        if not match or not int(match[1]) or match[2] == "0":
            raise ImproperlyConfigured(f"A rate is written as count/time, such as 10/10m; not {text!r}.")
        return cls(int(match[1]), int(match[2] or 1) * UNITS[match[3]])


class TooFast(ServiceError):
    code = "too_fast"
    status = 429

    retry_after: int

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after

    def __str__(self) -> str:
        return _("You're doing that too fast. Try again in %(time)s.") % {"time": waiting_time(self.retry_after)}


def waiting_time(seconds: int) -> str:
    """In the unit in which people count it, rounded up."""
    if seconds < 90:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    minutes = -(-seconds // 60)
    if minutes < 120:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    hours = -(-minutes // 60)
    return ngettext("%d hour", "%d hours", hours) % hours


def count(key: str, seconds: int) -> int:
    """Count one more under this key, which is forgotten `seconds` after the first; return the count.

    Processes share their counters in Redis. Without it, or while it is away, each process counts in memory.
    """
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # expired, or evicted by a Redis that is short of memory
        return 1


def take(action: str, who: str, rate: Rate) -> int:
    """Count one more. 0 when it may be done, else the seconds until it may.

    A period begins with the first attempt, not at full hours: else whoever waits for one may try twice as often.
    """
    now = time.time()
    key = f"rate:{action}:{who}:{rate.seconds}"
    attempts = count(key, rate.seconds)
    if attempts == 1:
        cache.set(f"{key}:end", now + rate.seconds, rate.seconds)
    if attempts <= rate.times:
        return 0
    return max(1, math.ceil(cache.get(f"{key}:end", now + rate.seconds) - now))


def take_each(*limits: tuple[str, str, Rate]) -> int:
    """`take` for one (action, who, rate) after the other until one refuses; an empty `who` is not counted.

    What a client can make up comes last: it is not counted, and so fills no memory, when its network is refused. For
    the same reason what is refused to one uses up nothing of what many share.
    """
    for action, who, rate in limits:
        if who and (wait := take(action, who, rate)):
            return wait
    return 0
