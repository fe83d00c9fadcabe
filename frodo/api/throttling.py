"""Throttling of API requests."""

import time

from django.conf import settings
from rest_framework.request import Request

from frodo import rate_limits
from frodo.client_ip import client_address, network

CROWD = 10
"""How many guests of one network may each use the full rate."""

HERE = {"", "127.0.0.1", network("::1")}


class Sieve:
    """Reads per network, counted in process memory, which is cheaper than the cache."""

    most_networks = 10_000

    def __init__(self) -> None:
        self.window = 0
        self.counts: dict[str, int] = {}

    def take(self, who: str, rate: rate_limits.Rate) -> int:
        """0 if allowed, else seconds to wait."""
        now = time.time()
        window = int(now // rate.seconds)
        if window != self.window or len(self.counts) > self.most_networks:
            self.window, self.counts = window, {}
        count = self.counts[who] = self.counts.get(who, 0) + 1
        return 0 if count <= rate.times else max(1, round((window + 1) * rate.seconds - now))


reads = Sieve()


def slow_down_reading(request: Request) -> None:
    """Loopback is exempt: a script on this machine, or a proxy that the settings do not name."""
    who = network(client_address(request))
    if who in HERE:
        return
    if wait := reads.take(who, rate_limits.Rate.of(settings.API_READ_RATE)):
        raise rate_limits.TooFast(wait)


def slow_down_writing(request: Request) -> None:
    """Counted per user, else per network."""
    rate = rate_limits.Rate.of(settings.API_WRITE_RATE)
    if request.user.is_authenticated:
        who = f"user:{request.user.pk}"
    else:
        who, rate = network(client_address(request)), rate_limits.Rate(rate.times * CROWD, rate.seconds)
    if who and (wait := rate_limits.take("api", who, rate)):
        raise rate_limits.TooFast(wait)
