"""Messages on the channel layer, whose server may be away: no writer waits for it."""

import asyncio
import logging
from collections import deque

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer, get_channel_layer
from redis.exceptions import RedisError

from frodo.circuit_breaker import CircuitOpen
from frodo.circuit_breaker import redis as outage

logger = logging.getLogger(__name__)

ERRORS = (RedisError, ChannelFull, OSError)
"""What tells that the layer's server is away or takes no more; a timeout is an OSError."""
TIMEOUT = 2.0
"""Seconds it may take for anything, before we go on without it."""


def configured_layer() -> BaseChannelLayer:
    """CHANNEL_LAYERS["default"], which settings always name."""
    layer = get_channel_layer()
    assert layer is not None
    return layer


async def send_to_group(group: str, message: dict) -> None:
    """Raises one of ERRORS, among them CircuitOpen, which asks nobody. Who was not told finds it by asking."""
    layer = configured_layer()
    with outage.asking(*ERRORS):
        async with asyncio.timeout(TIMEOUT):
            await layer.group_send(group, message)


class Sender:
    """A part of the server's lifespan: sends on the server's event loop what threads hand over, in order."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.waiting: deque[tuple[str, dict]] = deque()
        self.sending: asyncio.Task | None = None

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        self.loop = None
        if self.sending is not None:
            await self.sending

    def send(self, group: str, message: dict) -> None:
        """Called from any thread, which does not wait, except in a process that is no server. Never fails."""
        loop = self.loop
        if loop is None:
            async_to_sync(self.try_to_send)(group, message)
        else:
            self.waiting.append((group, message))
            loop.call_soon_threadsafe(self.begin)

    def begin(self) -> None:
        if self.sending is None:
            self.sending = asyncio.create_task(self.send_waiting())

    async def send_waiting(self) -> None:
        while self.waiting:
            await self.try_to_send(*self.waiting.popleft())
        self.sending = None

    async def try_to_send(self, group: str, message: dict) -> None:
        try:
            await send_to_group(group, message)
        except CircuitOpen as away:
            logger.debug("%s for %s was not sent: %s", message["type"], group, away)
        except ERRORS as error:
            logger.info("%s for %s was not sent: %r", message["type"], group, error)


sender = Sender()
