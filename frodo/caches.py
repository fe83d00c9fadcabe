"""Cache backends: Redis behind a circuit breaker, and counters in memory for rate limits."""

from collections.abc import Callable
from functools import wraps
from time import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from frodo.circuit_breaker import CircuitOpen
from frodo.circuit_breaker import redis as outage

SWEEP_SECONDS = 10.0


class Cache(RedisCache):
    """Redis as a cache; while it is unavailable, every lookup misses (IGNORE_EXCEPTIONS)."""

    @property
    def client(self) -> "NoRequest":
        return NoRequest(super().client)

    def close(self, **kwargs: Any) -> None:
        if self._client:
            self._client.close()  # asks nobody, so it does not tell whether anybody is there


class Counters(LocMemCache):
    """In-memory cache that evicts nothing before it expires, since filling the cache must not reset rate limits."""

    _expire_info: dict[str, float | None]
    _delete: Callable[[str], bool]
    swept_at = 0.0
    """Of all instances; Django makes one for each context."""

    def _cull(self) -> None:
        now = time()
        if now < Counters.swept_at + SWEEP_SECONDS:
            return
        Counters.swept_at = now
        for key in [key for key, expires in self._expire_info.items() if expires is not None and expires <= now]:
            self._delete(key)


class Limits(Cache):
    """Redis for counters and used one-time codes; this process's memory while Redis is unavailable."""

    def __init__(self, server: str, params: dict) -> None:
        super().__init__(server, params)
        self.memory = Counters("limits", {})

    def or_in_memory(name: str) -> Callable:
        def call(self: "Limits", *args: Any, **kwargs: Any) -> Any:
            try:
                return getattr(Cache, name)(self, *args, **kwargs)
            except (CircuitOpen, RedisError):
                return getattr(self.memory, name)(*args, **kwargs)

        return call

    add, get, set, incr, delete = map(or_in_memory, ("add", "get", "set", "incr", "delete"))


class NoRequest:
    """django-redis's client behind the circuit breaker."""

    def __init__(self, client: DefaultClient) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Callable:
        call = getattr(self.client, name)

        @wraps(call)
        def ask(*args: Any, **kwargs: Any) -> Any:
            try:
                with outage.asking(ConnectionInterrupted):
                    return call(*args, **kwargs)
            except CircuitOpen as away:
                raise ConnectionInterrupted(connection=None) from away

        return ask
