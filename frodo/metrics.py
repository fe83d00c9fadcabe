"""Prometheus metrics: what is counted, and `/metrics` (docs/monitoring.md).

One process counts in memory. Several on one host share PROMETHEUS_MULTIPROC_DIR, an empty folder in which each writes
its counters, so that whichever of them is asked answers for all.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Summary,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from frodo.health import redis_answers

SHARED_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
"""The library reads it when it is imported."""
SAMPLE_SECONDS = 2.0
"""How often a process writes its counters for the others, any of which may be asked for metrics."""

disable_created_metrics()  # one more series for each metric
PAGES = Counter("frodo_pages", "Responses of shared views, by page cache state", ["view", "cache"])
RENDERS = Counter("frodo_page_renders", "Pages rendered for the page cache", ["view"])
PURGES = Counter("frodo_page_cache_purges", "Purges of the page cache")
CACHED_PAGES = Gauge("frodo_page_cache_pages", "Pages in the page cache", multiprocess_mode="livesum")
CACHED_BYTES = Gauge("frodo_page_cache_bytes", "Size of the page cache", multiprocess_mode="livesum")
REQUESTS = Counter("frodo_requests", "Requests answered by Django", ["view", "method", "status"])
REQUEST_SECONDS = Histogram(
    "frodo_request_seconds",
    "Duration of requests answered by Django",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SOCKETS = Gauge("frodo_websockets", "Open websockets", multiprocess_mode="livesum")
EVENTS = Counter("frodo_events", "Live events published", ["source"])
FRAMES = Counter("frodo_websocket_frames", "Events sent to websockets")
THREADS = Gauge("frodo_orm_threads", "Database threads", multiprocess_mode="livesum")
BUSY_THREADS = Gauge("frodo_orm_threads_busy", "Database threads that work", multiprocess_mode="livesum")
WAITING_CALLS = Gauge("frodo_orm_calls_waiting", "Calls that wait for a thread", multiprocess_mode="livesum")
REFUSED_CALLS = Counter("frodo_orm_calls_refused", "Calls that waited longer than ORM_QUEUE_SECONDS")
QUERY_SECONDS = Summary("frodo_database_query_seconds", "Duration of database queries")
JOB_RUNS = Counter("frodo_job_runs", "Background jobs run", ["type", "outcome"])
JOB_SECONDS = Summary("frodo_job_seconds", "Duration of background jobs", ["type"])

samplers: list[Callable[[], None]] = []
"""Called on the event loop: each copies plain numbers of its package to the metrics above."""


def sample() -> None:
    for sampler in samplers:
        sampler()


class MetricsSampler:
    """A part of the server's lifespan. Alone, a process samples when it is asked."""

    def __init__(self) -> None:
        self.task: asyncio.Task | None = None

    async def start(self) -> None:
        if SHARED_FOLDER:
            self.task = asyncio.create_task(self.keep_sampling())

    async def stop(self) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            sample()
            mark_process_dead(os.getpid())

    async def keep_sampling(self) -> None:
        while True:
            sample()
            await asyncio.sleep(SAMPLE_SECONDS)


class StateCollector:
    """Metrics that are read from the database and Redis on request."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        up = GaugeMetricFamily("frodo_up", "Whether a server that the site needs answers", labels=["server"])
        jobs = GaugeMetricFamily("frodo_jobs", "Background jobs", labels=["state"])
        late = GaugeMetricFamily("frodo_jobs_late_seconds", "Age of the oldest job that is due")
        try:
            counts, seconds = job_queue()
        except DatabaseError:
            up.add_metric(["database"], 0)
        else:
            up.add_metric(["database"], 1)
            for state, n in counts.items():
                jobs.add_metric([state], n)
            late.add_metric([], seconds)
        if settings.REDIS_URL:
            up.add_metric(["redis"], redis_answers())
        return [up, jobs, late]


def job_queue() -> tuple[dict[str, int], float]:
    """Number of jobs by state, and age in seconds of the oldest one that is due."""
    from frodo.jobs.models import Job  # apps may not be loaded when this module is

    now = timezone.now()
    counts = {state.value: 0 for state in Job.State}
    counts |= dict(Job.objects.order_by().values_list("state").annotate(n=Count("pk")))
    oldest = Job.objects.filter(state=Job.State.PENDING, available_at__lt=now).aggregate(at=Min("available_at"))["at"]
    return counts, (now - oldest).total_seconds() if oldest else 0.0


def text() -> bytes:
    """The metrics in Prometheus' text format. Runs in a thread."""
    state = CollectorRegistry()
    state.register(StateCollector())
    counted = REGISTRY
    if SHARED_FOLDER:
        remove_dead_processes(Path(SHARED_FOLDER))
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    return generate_latest(counted) + generate_latest(state)


def remove_dead_processes(folder: Path) -> None:
    """Remove gauges of processes that were killed."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*_*.db")}:
        if not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            mark_process_dead(pid)


async def metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics`, with METRICS_TOKEN as bearer token."""
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    sample()
    body = await sync_to_async(text)()
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
