"""Connections to other hosts: names are resolved once, and only public addresses are connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable

import httpcore2

from frodo.http_client.errors import NotPublic, Unreachable
from frodo.http_client.public_addresses import is_allowed

Resolve = Callable[[str, int], Awaitable[Iterable[str]]]
"""A host's name and a port become addresses."""

MOST_TRIED = 4
"""Of a host's addresses."""
ATTEMPT = 4.0
"""Seconds for one of them."""


async def resolve(host: str, port: int) -> list[str]:
    """Resolve by the system's resolver, which also converts unusual spellings of addresses (`2130706433`, `0x7f.1`)."""
    loop = asyncio.get_running_loop()
    # Bytes are asked for as they are; a text would go through Python's old IDNA, which knows errors of its own.
    found = await loop.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return [str(address) for _family, _type, _protocol, _name, (address, *_rest) in found]


class Guarded(httpcore2.AsyncNetworkBackend):
    """Network backend that resolves a name once and connects to the addresses that it checked.

    Were the name resolved anew for connecting, it could answer otherwise the second time. One address that may
    not be asked is enough for no: who mixes them wants us to fall back to it.
    """

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the method's given form
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            addresses = list(dict.fromkeys(await self.resolve(host, port)))
        except (OSError, ValueError) as error:  # no such name; a name that cannot be one
            raise Unreachable(error) from error
        if not all(is_allowed(address, port) for address in addresses):
            raise NotPublic(*addresses)
        failure: Exception | None = None
        for address in addresses[:MOST_TRIED]:
            try:
                return await self.network.connect_tcp(address, port, ATTEMPT, socket_options=socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise Unreachable(failure) from failure
