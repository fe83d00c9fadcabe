"""One request at a time to each host, and a pause before the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from weakref import WeakValueDictionary

locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()
"""By loop and host; each is there as long as somebody holds it or waits for it."""
asked: dict[str, float] = {}
"""When a host was asked last."""
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
