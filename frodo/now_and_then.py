"""Work that a server does by itself, in no hurry."""

import asyncio
import logging
import random
from collections.abc import Callable

from asgiref.sync import sync_to_async

logger = logging.getLogger(__name__)


class NowAndThen:
    """A Part of the lifespan: does `work` when the server has started, and again after each `pause` or so, in seconds.

    Each process does it: work that another one has done already must cost little.
    """

    def __init__(self, work: Callable[[], object], pause: float) -> None:
        self.work = work
        self.pause = pause
        self.task: asyncio.Task | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self.run())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        while True:
            try:
                await sync_to_async(self.work)()
            except Exception:  # whatever stands against it, next time it may go well
                logger.exception("%s failed", self.work.__name__)
            await asyncio.sleep(self.pause * random.uniform(0.5, 1.5))
