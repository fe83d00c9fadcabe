"""Django's cache in Redis, which may be away: one waits for it and says so, not all."""

from collections.abc import Callable
from functools import wraps

from django_redis.cache import RedisCache
from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted

from frodo.outages import Away, Outage

outage = Outage("The cache in Redis")


class Cache(RedisCache):
    """With IGNORE_EXCEPTIONS a cache that is away is an empty one; without, it raises Away."""

    @property
    def client(self) -> "Asked":
        return Asked(super().client)

    def close(self, **kwargs) -> None:
        if self._client:
            self._client.close()  # asks nobody, so it does not tell whether anybody is there


class Asked:
    """django-redis's client, asked when it is not known to be away."""

    def __init__(self, client: DefaultClient) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Callable:
        call = getattr(self.client, name)

        @wraps(call)
        def ask(*args, **kwargs):
            try:
                with outage.asking(ConnectionInterrupted):
                    return call(*args, **kwargs)
            except Away as away:
                raise ConnectionInterrupted(connection=None) from away
            except ConnectionInterrupted as error:
                raise ConnectionInterrupted(connection=error.connection) from Away(str(error))

        return ask
