"""SSRF-safe HTTP client for other people's URLs: one request at a time to each host (docs/http-client.md)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from django.conf import settings

from frodo.http_client.errors import (
    BadAnswer,
    BadStatus,
    BadUrl,
    NotFetched,
    NotPublic,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    WrongType,
)

if TYPE_CHECKING:
    import ssl

    from frodo.http_client.connection import Resolve

logger = logging.getLogger(__name__)

MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    url: str
    """The URL after redirects."""
    type: str
    """MIME type in lower case, such as `text/html`."""
    charset: str
    """As the header says; mostly empty."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    most_bytes: int
    may_cut: bool
    types: tuple[str, ...]
    bodies: tuple[str, ...]


async def fetch(
    url: str,
    *,
    most_bytes: int,
    accept: tuple[str, ...] = ("*/*",),
    bodies: tuple[str, ...] = ("*/*",),
    may_cut: bool = False,
    seconds: float | None = None,
    pause: float | None = None,
    resolve: "Resolve | None" = None,
    tls: "ssl.SSLContext | None" = None,
) -> Fetched:
    """What stands at `url`, or NotFetched.

    `accept` and `bodies` are types such as `text/html` and `image/*;q=0.5`. Of types beyond `bodies` only the headers
    are read. A body longer than `most_bytes` is TooLarge, or with `may_cut` is read no further. `seconds` goes for all
    redirects together, but not for waiting until it is our turn with the host. `pause` is HTTP_CLIENT_PAUSE by default.
    """
    # Loading it takes 0.2 s and 28 MB: on a thread, and only where something is fetched.
    asking = await asyncio.to_thread(import_module, "frodo.http_client.request")
    wanted = Wanted(most_bytes, may_cut, accept, bodies)
    left = settings.HTTP_CLIENT_SECONDS if seconds is None else seconds
    pause = settings.HTTP_CLIENT_PAUSE if pause is None else pause
    here, last_host = asking.parse_url(url), None
    try:
        for _hop in range(MOST_REDIRECTS + 1):
            host = here.raw_host.decode()
            async with turn(host, 0 if host == last_host else pause):
                began = monotonic()
                async with asyncio.timeout(left):
                    found = await asking.ask(here, wanted, resolve, tls)
                left -= monotonic() - began
            if isinstance(found, Fetched):
                return found
            here, last_host = asking.parse_url(found, here), host
        raise TooManyRedirects
    except TimeoutError as error:
        logger.info("%s was not fetched: it took too long", here.host)
        raise TimedOut from error
    except NotFetched as error:
        logger.info("%s was not fetched: %s", here.host, " ".join((error.code, *map(str, error.args))))
        raise


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    """The first 500 characters."""
    retry_after: int | None


async def post(url: str, body: bytes, headers: dict[str, str], *, method: str = "POST") -> Answer:
    """Send `body` to `url`, or raise NotFetched. No redirect is followed: who signs a body signs it for one URL."""
    asking = await asyncio.to_thread(import_module, "frodo.http_client.request")
    here = asking.parse_url(url)
    try:
        async with turn(here.raw_host.decode(), 0), asyncio.timeout(settings.HTTP_CLIENT_SECONDS):
            return await asking.send(method, here, body, headers)
    except TimeoutError as error:
        raise TimedOut from error


locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
"""Locks by event loop and host, kept while somebody holds or awaits them."""
asked: dict[str, float] = {}
"""Time of the last request by host."""
MOST_KNOWN = 1000


@asynccontextmanager
async def turn(host: str, pause: float) -> AsyncIterator[None]:
    lock = locks.setdefault((id(asyncio.get_running_loop()), host), asyncio.Lock())
    async with lock:
        await asyncio.sleep(max(0, asked.get(host, -pause) + pause - monotonic()))
        try:
            yield
        finally:
            if len(asked) >= MOST_KNOWN:
                asked.clear()
            asked[host] = monotonic()
