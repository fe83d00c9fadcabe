"""Settings of Redis, for the channel layer and the caches, from a URL and from the Sentinels that know the master."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TIMEOUTS = {"socket_connect_timeout": 1, "socket_timeout": 2}
"""Seconds for a Sentinel to answer."""


def parse_sentinels(entries: list[str]) -> list[tuple[str, int]]:
    """Hosts and ports of `["10.0.0.1:26379", "[fd00::1]:26379"]`."""
    found = []
    for entry in entries:
        host, _colon, port = entry.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise ImproperlyConfigured(f"REDIS_SENTINELS: {entry!r} is not host:port, such as 10.0.0.1:26379.")
        found.append((host.strip("[]"), int(port)))
    return found


def channel_layer_host(url: str, sentinels: list[tuple[str, int]]) -> dict[str, Any]:
    """An entry of `hosts` of channels_redis. No socket timeout: it would end a connection that only listens."""
    if not sentinels:
        return {"address": url, "socket_timeout": None}
    parts = urlsplit(url)
    return {
        "master_name": parts.hostname,
        "sentinels": sentinels,
        "sentinel_kwargs": TIMEOUTS,
        "db": int(parts.path.strip("/") or 0),
        "username": unquote(parts.username or "") or None,
        "password": unquote(parts.password or "") or None,
        "ssl": parts.scheme == "rediss",
        "socket_timeout": None,
    }
