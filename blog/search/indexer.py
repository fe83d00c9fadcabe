"""The thread of the server that keeps the search index right."""

import asyncio
import logging
import threading

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from blog.search.indexing import update_index
from blog.search.models import wake

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
TOGETHER_SECONDS = 0.1
"""Changes that come so soon one after the other are applied together."""


class Indexer:
    """A part of the server's lifespan (frodo/lifespan.py). All processes run it; one at a time applies."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name="search", daemon=True)

    async def start(self) -> None:
        if settings.SEARCH_POLL_SECONDS:
            self.thread.start()

    async def stop(self) -> None:
        self.stopping.set()
        wake.set()
        if self.thread.is_alive():
            await asyncio.to_thread(self.thread.join, STOP_SECONDS)

    def run(self) -> None:
        is_well = True
        while not self.stopping.is_set():
            wake.clear()
            try:
                close_old_connections()
                update_index(is_gentle=True)
                is_well = True
            except DatabaseError as error:
                if is_well:  # one line for each outage, not for each poll
                    logger.warning("The search index waits, the database is unavailable: %r", error)
                is_well = False
            except (OSError, ValueError):  # a full disk, an index that tantivy cannot read
                if is_well:
                    logger.exception("The search index cannot be kept up")
                is_well = False
            wake.wait(settings.SEARCH_POLL_SECONDS)
            self.stopping.wait(TOGETHER_SECONDS)
        connections.close_all()
