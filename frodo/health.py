"""Liveness (`/healthz`) and readiness (`/readyz`) for load balancers and monitoring."""

import shutil
from pathlib import Path
from threading import Event

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.views.decorators.cache import never_cache

from frodo.circuit_breaker import redis

PATHS = {"/healthz", "/readyz", "/metrics"}
MIN_FREE = 100 * 1024**2
"""Bytes on the disk of DATA_DIR, below which writing soon fails."""


all_applied = Event()


class HostCheck(CommonMiddleware):
    """Django's, which refuses hosts that are not in ALLOWED_HOSTS: but load balancers ask for health by IP address."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PATHS else super().process_request(request)


@never_cache
async def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked: starting it anew would help no database."""
    return JsonResponse({"status": "ok"})


@never_cache
async def readyz(request: HttpRequest) -> JsonResponse:
    """503 if this process cannot serve: the database does not answer, or lacks migrations.

    `degraded`, with 200, if it serves with something missing: Redis, or room on the disk.
    """
    try:
        lacking = await sync_to_async(missing_migrations)()
        has_redis = not settings.REDIS_URL or await sync_to_async(redis_answers)()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if lacking:
        return JsonResponse({"status": "unavailable", "database": "ok", "migrations": "missing"}, status=503)
    parts = {"database": "ok", "migrations": "ok", "disk": disk()}
    if settings.REDIS_URL:
        parts["redis"] = "ok" if has_redis else "unreachable"
    return JsonResponse({"status": "ok" if {*parts.values()} == {"ok"} else "degraded", **parts})


def missing_migrations() -> bool:
    """Whether the database lacks migrations of this code; that it has later ones does not matter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not all_applied.is_set():  # none goes away; finding out takes 0.1 s
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return True
        all_applied.set()
    return False


def redis_answers() -> bool:
    """True where the site needs none."""
    if not settings.REDIS_URL:
        return True
    caches["sessions"].get("health")  # found empty while it is away, which the circuit breaker notices
    return not redis.is_on


def disk() -> str:
    folder = Path(settings.DATA_DIR)
    try:
        return "ok" if shutil.disk_usage(folder).free >= MIN_FREE else "full"
    except OSError:
        return "unreachable"
