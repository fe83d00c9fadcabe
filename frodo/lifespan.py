"""Parts that start and stop with the server."""

import gc
import logging
from typing import Protocol

from frodo.asgi_types import Receive, Send

logger = logging.getLogger(__name__)

RARELY = (10_000, 10, 10)
"""When Python looks for garbage; its own habit is 700, 10, 10. With a thousand pages open, one look at everything holds
up the loop for 40 ms."""


class Part(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Lifespan:
    """ASGI, for the server's `lifespan`: starts the parts in order, and stops them in reverse."""

    def __init__(self, *parts: Part) -> None:
        self.parts = parts

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        await receive()
        for part in self.parts:
            await part.start()
        gc.freeze()  # what is there now stays; the collector need not go through it again and again
        gc.set_threshold(*RARELY)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for part in reversed(self.parts):
            try:
                await part.stop()
            except Exception:  # the others stop all the same
                logger.exception("%s did not stop well", type(part).__name__)
        await send({"type": "lifespan.shutdown.complete"})
