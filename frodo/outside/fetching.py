import asyncio
import logging
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings

from frodo.outside.errors import NotFetched, TimedOut, TooManyRedirects
from frodo.outside.turns import turn

if TYPE_CHECKING:
    import ssl

    from frodo.outside.connecting import Resolve

logger = logging.getLogger(__name__)

MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    url: str
    """Where it was found, after redirects."""
    type: str
    """Such as `text/html`, in small letters."""
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
    resolve: "Resolve | None" = None,
    tls: "ssl.SSLContext | None" = None,
) -> Fetched:
    """What stands at `url`, or NotFetched.

    `accept` and `bodies` are types such as `text/html` and `image/*;q=0.5`. Of types beyond `bodies` only the headers
    are read. A body longer than `most_bytes` is TooLarge, or with `may_cut` is read no further. `seconds` goes for all
    redirects together, but not for waiting until it is our turn with the host.
    """
    # Loading it takes 0.2 s and 28 MB: on a thread, and only where something is fetched.
    asking = await asyncio.to_thread(import_module, "frodo.outside.asking")
    wanted = Wanted(most_bytes, may_cut, accept, bodies)
    left = settings.OUTSIDE_SECONDS if seconds is None else seconds
    here, last_host = asking.read(url), None
    try:
        for _hop in range(MOST_REDIRECTS + 1):
            host = here.raw_host.decode()
            async with turn(host, 0 if host == last_host else settings.OUTSIDE_PAUSE):
                began = monotonic()
                async with asyncio.timeout(left):
                    found = await asking.ask(here, wanted, resolve, tls)
                left -= monotonic() - began
            if isinstance(found, Fetched):
                return found
            here, last_host = asking.read(found, here), host
        raise TooManyRedirects
    except TimeoutError as error:
        logger.info("%s was not fetched: it took too long", here.host)
        raise TimedOut from error
    except NotFetched as error:
        logger.info("%s was not fetched: %s", here.host, " ".join((error.code, *map(str, error.args))))
        raise
