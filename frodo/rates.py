"""How often somebody may do something, counted in Django's cache."""

import logging
import re
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from frodo.errors import Refused

logger = logging.getLogger(__name__)

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


class TooFast(Refused):
    code = "too_fast"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after

    def __str__(self) -> str:
        if self.retry_after < 90:
            return _("That is a lot at once. Try again in %(seconds)d seconds.") % {"seconds": self.retry_after}
        return _("That is a lot at once. Try again in %(minutes)d minutes.") % {"minutes": -(-self.retry_after // 60)}


def take(deed: str, who: str, rate: Rate) -> int:
    """Count one more. 0 when it may be done, else the seconds until it may.

    Without a cache nothing is counted: better a few too many than an honest one refused.
    """
    now = time.time()
    window = int(now // rate.seconds)
    key = f"rate:{deed}:{who}:{rate.seconds}:{window}"
    try:
        cache.add(key, 0, rate.seconds + 1)
        count = cache.incr(key)
    except Exception as error:  # other people's server
        logger.warning("Nothing is counted, the cache is away: %r", error)
        return 0
    if count is None or count <= rate.times:
        return 0
    return max(1, round((window + 1) * rate.seconds - now))
