"""How often redirects are used, and which paths are not found.

Counted in memory by each process and written every VIEWS_WRITE_SECONDS, so that a flood of requests is no flood of
writes. The page cache answers a repeated request itself: within PAGE_CACHE_SECONDS it counts once.
"""

import asyncio
import logging
import re
import threading
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from blog.posts.models import NotFoundPath, Redirect
from blog.posts.slugs import normal_decoded

logger = logging.getLogger(__name__)

MAX_WAITING = 500
"""Paths in memory; further ones are not counted until these are written."""
MAX_ROWS = 1000
"""Paths in the table; of more, those with the fewest requests are deleted."""
KEEP = timedelta(days=90)
PROBE = re.compile(
    r"/(?:\.(?!well-known)|wp-(?:admin|content|includes|login|config)|xmlrpc|cgi-bin|vendor/|phpmyadmin)"
    r"|\.(?:env|git|sql|bak|aspx?|jsp|cgi|ya?ml|ini|log)$",
    re.IGNORECASE,
)
"""What programs try that look for other people's mistakes; no link leads there."""

_lock = threading.Lock()
_redirects: Counter[int] = Counter()
_paths: Counter[str] = Counter()
_referrers: dict[str, str] = {}


def count_redirect(pk: int) -> None:
    with _lock:
        _redirects[pk] += 1


def count_not_found(path: str, referrer: str) -> None:
    """`path` is percent-decoded, as Django has it."""
    path = normal_decoded(path)
    if not path or PROBE.search(path):
        return
    with _lock:
        if path in _paths or len(_paths) < MAX_WAITING:
            _paths[path] += 1
            if source := without_query(referrer):
                _referrers[path] = source


def without_query(url: str) -> str:
    """A query may hold what somebody searched for."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_page = parts.scheme in ("http", "https") and parts.hostname
    return f"{parts.scheme}://{parts.hostname}{parts.path}"[:500] if is_page else ""


def clear() -> tuple[dict[int, int], dict[str, int], dict[str, str]]:
    """Forget what was counted, and return it."""
    with _lock:
        counted = dict(_redirects), dict(_paths), dict(_referrers)
        for each in (_redirects, _paths, _referrers):
            each.clear()
    return counted


def write() -> None:
    """Add what was counted to the database. Raises DatabaseError; then it is added the next time."""
    redirects, paths, referrers = clear()
    if not redirects and not paths:
        return
    try:
        add(redirects, paths, referrers)
    except DatabaseError:
        with _lock:
            _redirects.update(redirects)
            _paths.update(paths)
        raise


@transaction.atomic
def add(redirects: dict[int, int], paths: dict[str, int], referrers: dict[str, str]) -> None:
    now = timezone.now()
    for pk, n in sorted(redirects.items()):
        Redirect.objects.filter(pk=pk).update(n_uses=F("n_uses") + n, last_used_at=now)
    for path, n in sorted(paths.items()):
        fields = {"last_requested_at": now, **({"referrer": referrers[path]} if path in referrers else {})}
        row, _is_new = NotFoundPath.objects.get_or_create(path=path, defaults=fields)
        NotFoundPath.objects.filter(pk=row.pk).update(n_requests=F("n_requests") + n, **fields)
    if paths:
        first = NotFoundPath.objects.order_by("-n_requests", "-last_requested_at").values_list("pk", flat=True)
        NotFoundPath.objects.filter(pk__in=list(first[MAX_ROWS : 2 * MAX_ROWS])).delete()


def delete_old() -> None:
    """The job "delete_old_not_found_paths"."""
    NotFoundPath.objects.filter(last_requested_at__lt=timezone.now() - KEEP).delete()


class UrlUsage:
    """In a server, a part of its lifespan."""

    def __init__(self) -> None:
        self.task: asyncio.Task | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self.keep_writing())

    async def stop(self) -> None:
        if self.task:
            self.task.cancel()
            await self.write()

    async def keep_writing(self) -> None:
        while True:
            await asyncio.sleep(settings.VIEWS_WRITE_SECONDS)
            await self.write()

    async def write(self) -> None:
        try:
            await sync_to_async(write)()
        except DatabaseError as error:  # it is away: another time
            logger.warning("The use of redirects is not written yet: %r", error)
