"""Runs the jobs that are due, one after the other: in a thread of the server, or by `manage.py run_jobs`.

Long jobs (imports, exports, backups) have a second thread, so that e-mails do not wait for them.

A worker takes a job by a lease and renews it while the job runs. When its process dies, the lease ends and the next
worker takes the job, unless it had begun to deliver something: then nobody knows, and a person decides.
"""

import asyncio
import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import inf
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections, transaction
from django.db.models import Min
from django.utils import timezone

from frodo import log_format, metrics
from frodo.jobs.models import Job, LeaseLost, enqueue, lease_end, wake
from frodo.jobs.registry import Failed, Retry, Unavailable, job_types
from frodo.site_settings import check_version, saved_version, site
from frodo.text import clean_text

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""How long a stopping server waits for the job that is running; the lease brings it back later."""
KEEP_FAILED = timedelta(days=30)

State = Job.State


class Worker:
    """In a server, a part of its lifespan (frodo/lifespan.py)."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name="jobs", daemon=True)
        self.long: threading.Thread | None = None
        """Runs a long job, if there is one."""

    async def start(self) -> None:
        if settings.JOBS_IN_SERVER:
            self.thread.start()

    async def stop(self) -> None:
        self.request_stop()
        await asyncio.to_thread(self.join, STOP_SECONDS)

    def request_stop(self) -> None:
        self.stopping.set()
        wake.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait for the jobs that are running."""
        for thread in (self.thread, self.long):
            if thread and thread.is_alive():
                thread.join(seconds)

    def run(self) -> None:
        is_available = True
        while not self.stopping.is_set():
            wake.clear()
            pause = settings.JOBS_POLL_SECONDS
            try:
                close_old_connections()
                self.run_due(apart=True)
                pause = min(pause, seconds_until_due())
                is_available = True
            except DatabaseError as error:
                if is_available:  # one line for each outage, not for each poll
                    logger.warning("Jobs wait, the database is unavailable: %r", error)
                is_available = False
            except Exception:  # an app's on_failure, for example
                logger.exception("Jobs were interrupted")
            wake.wait(pause)
        connections.close_all()

    def run_due(self, names: Collection[str] = (), *, apart: bool = False) -> int:
        """Run jobs (of these types) until none is due, and return how many ran; long ones `apart` from the others."""
        scheduled = {name for name, job_type in job_types.items() if job_type.every}
        for name in scheduled - set(Job.objects.filter(type__in=scheduled).values_list("type", flat=True)):
            enqueue(name, "")
        n = 0
        while not self.stopping.is_set() and (job := claim(self.possible(names or job_types))):
            check_version(saved_version())
            if apart and job_types[job.type].is_long:
                self.long = threading.Thread(target=self.run_long, args=[job], name="jobs-long", daemon=True)
                self.long.start()
            else:
                run_job(job)
            n += 1
        return n

    def possible(self, names: Collection[str]) -> list[str]:
        return [name for name in names if self.long is None or not job_types[name].is_long]

    def run_long(self, job: Job) -> None:
        try:
            run_job(job)
        except Exception:  # the database is gone, for example; the lease brings the job back
            logger.exception("%s was interrupted", job)
        finally:
            connections.close_all()
            self.long = None
            wake.set()


def seconds_until_due() -> float:
    """Seconds until the next job is due of those that are in the table and not due yet."""
    now = timezone.now()
    next_at = Job.objects.filter(available_at__gt=now).aggregate(at=Min("available_at"))["at"]
    return inf if next_at is None else (next_at - now).total_seconds()


def claim(names: Collection[str]) -> Job | None:
    due = Job.objects.filter(type__in=list(names), available_at__lte=timezone.now())
    for job in due.order_by("priority", "available_at", "id")[:10]:
        was_running = job.state == State.RUNNING
        if not job.take():
            continue
        if job.state != State.DELIVERING and not (was_running and job.attempts > job_types[job.type].max_attempts):
            return job
        finish(job, InterruptedError("The process ended while the job was running."))
    return None


def run_job(job: Job) -> None:
    token = log_format.context.set({"job": f"{job.pk} {job.type}"})
    try:
        with timezone.override(ZoneInfo(site.TIME_ZONE)), metrics.JOB_SECONDS.labels(job.type).time():
            error = execute(job)
        metrics.JOB_RUNS.labels(job.type, type(error).__name__ if error else "done").inc()
        finish(job, error)
    finally:
        log_format.context.reset(token)


def execute(job: Job) -> Exception | None:
    job_type = job_types[job.type]
    try:
        with heartbeat(job):
            job_type.function(*([job] if job_type.pass_job else []), **job.args)
    except (Failed, Retry) as expected:
        logger.info("%s: %s", job, expected)
        return expected
    except Exception as unexpected:  # of any app: the other jobs must run
        logger.exception("%s failed", job)
        return unexpected
    return None


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Renew the lease while the job runs."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(settings.JOBS_LEASE_SECONDS / 4):
            try:
                Job.objects.filter(pk=job.pk, worker=job.worker).update(available_at=lease_end())
            except DatabaseError as error:
                logger.warning("The lease of %s was not renewed: %r", job, error)
        connections.close_all()

    thread = threading.Thread(target=renew, name="job-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def finish(job: Job, error: Exception | None) -> None:
    """Record what became of it: done, to be tried again, failed, or delivery unknown."""
    job_type, now = job_types[job.type], timezone.now()
    is_last = job.attempts >= job_type.max_attempts and not isinstance(error, Unavailable)
    if error is None and not job_type.every:
        ours = Job.objects.filter(pk=job.pk, worker=job.worker, enqueued_at=job.enqueued_at)
        if ours.delete()[0]:
            return  # else it was enqueued again while it ran
    if error is None or (job_type.every and (is_last or isinstance(error, Failed))):
        changes = {"available_at": now + (job_type.every or timedelta()), "attempts": 0}
    elif job.state == State.DELIVERING and not isinstance(error, Failed | Retry):
        changes = {"available_at": None, "state": State.UNKNOWN}
    elif is_last or isinstance(error, Failed):
        changes = {"available_at": None, "state": State.FAILED}
    else:
        changes = {"available_at": now + max(job_type.delay(job.attempts), getattr(error, "after", timedelta()))}
    text = "" if error is None else clean_text(str(error) or type(error).__name__)[:500]
    try:
        with transaction.atomic():
            if changes.get("state") == State.FAILED and job_type.on_failure:
                job_type.on_failure(**job.args)
            job.change(**{"state": State.PENDING, "worker": "", "error": text, "finished_at": now, **changes})
    except LeaseLost:
        logger.warning("%s was taken over by another worker, or deleted", job)
    if isinstance(error, Unavailable):
        soon = now + job_type.backoff
        others = Job.objects.filter(type=job.type, state=State.PENDING, available_at__lt=soon)
        others.update(available_at=soon)


def delete_failed() -> None:
    """Those of UNKNOWN stay: their keys keep the same thing from being delivered again."""
    Job.objects.filter(state=State.FAILED, finished_at__lt=timezone.now() - KEEP_FAILED).delete()
