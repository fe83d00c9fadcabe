"""Counts of visits, without personal data: views by page, referring hosts and searches."""

import asyncio
import logging
from collections import Counter

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError

from frodo.page_cache import cache_key
from frodo.page_cache.versions import Source

logger = logging.getLogger(__name__)

MOST_COUNTED = 1000
"""Maximum of referrers and queries counted between writes."""


class Visits:
    """Counts of one process since the last write. Used on the event loop only."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.views: Counter[str] = Counter()
        """By the first surrogate key of the page."""
        self.referrers: Counter[str] = Counter()
        """By host."""
        self.queries: Counter[tuple[str, bytes]] = Counter()
        """Searches of readers, by path and query string."""
        self.writing: asyncio.Task | None = None

    def start(self) -> None:
        if self.writing is None:
            self.writing = asyncio.create_task(self.keep_writing())

    async def stop(self) -> None:
        if self.writing:
            self.writing.cancel()
            await asyncio.gather(self.writing, return_exceptions=True)
            self.writing = None
        await self.write()

    def count(self, page: str, headers: dict[bytes, bytes]) -> None:
        """Count one view, and the host that led to it."""
        self.views[page] += 1
        if b"referer" not in headers:
            return
        host = cache_key.referrer_of(headers[b"referer"], headers.get(b"host", b""))
        if host and (host in self.referrers or len(self.referrers) < MOST_COUNTED):
            self.referrers[host] += 1

    def count_query(self, path: str, query: bytes) -> None:
        if len(self.queries) < MOST_COUNTED:
            self.queries[path, query] += 1

    async def keep_writing(self) -> None:
        while True:
            await asyncio.sleep(settings.VIEWS_WRITE_SECONDS)
            await self.write()

    async def write(self) -> None:
        views, self.views = self.views, Counter()
        if views:
            try:
                await database_sync_to_async(self.source.add_views)(dict(views))
            except (DatabaseError, OSError) as error:  # another time
                logger.warning("Pages: %d views are not written yet: %r", views.total(), error)
                self.views.update(views)
                return
        referrers, self.referrers = self.referrers, Counter()
        queries, self.queries = self.queries, Counter()
        if referrers or queries:
            try:
                await database_sync_to_async(self.source.add_visits)(dict(referrers), dict(queries))
            except (DatabaseError, OSError) as error:  # these are lost
                logger.warning("Pages: referrers and searches were not written: %r", error)
