import secrets
import threading
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frodo.fields import ExactCharField
from frodo.jobs.registry import choices, job_types

wake = threading.Event()
"""Set when this process has committed a job: its worker need not wait for the next poll."""


class LeaseLost(Exception):
    """Another worker took the job over, or it was deleted."""


class Job(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("Queued")
        RUNNING = "running", _("Running")
        DELIVERING = "delivering", _("Delivering")
        UNKNOWN = "unknown", _("Delivery unknown")
        FAILED = "failed", _("Failed")

    type = models.CharField(_("type"), max_length=50, choices=choices)
    key = ExactCharField(max_length=100)
    args = models.JSONField(_("arguments"), default=dict)
    priority = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    enqueued_at = models.DateTimeField(_("enqueued"), default=timezone.now)
    available_at = models.DateTimeField(_("next run"), default=timezone.now, null=True)
    """When a worker may take it: as scheduled, or when the lease of a running one ends. Null: never by itself."""
    worker = models.CharField(max_length=16, blank=True)
    """A token of who holds the lease."""
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering = ["-id"]
        indexes = [models.Index(fields=["priority", "available_at"])]
        constraints = [models.UniqueConstraint(fields=["type", "key"], name="unique_job")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}".strip()

    def take(self) -> bool:
        """Take the lease, unless another worker was faster. A delivery that was interrupted stays marked as such."""
        same = Job.objects.filter(pk=self.pk, worker=self.worker, available_at=self.available_at)
        state = self.state if self.state == self.State.DELIVERING else self.State.RUNNING
        attempts = self.attempts + 1
        taken = {"worker": secrets.token_hex(8), "available_at": lease_end(), "state": state, "attempts": attempts}
        vars(self).update(taken)
        return bool(same.update(**taken))

    def change(self, **fields: Any) -> None:
        """Update the row as the holder of its lease; else raises LeaseLost."""
        if not Job.objects.filter(pk=self.pk, worker=self.worker).update(**fields):
            raise LeaseLost(str(self))

    def begin_delivery(self) -> None:
        """Call right before what cannot be undone: interrupted after this, the job is not retried by itself."""
        self.change(state=self.State.DELIVERING)
        self.state = self.State.DELIVERING


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def enqueue(name: str, key: object = None, /, *, at: datetime | None = None, **args: Any) -> None:
    """Run the registered function with `args` (JSON) once the current transaction is committed, or at a time.

    With a `key` there is one job: it stays if it is pending, runs once more if it is running, starts anew if it
    failed, and is left to a person if its delivery is unknown.
    """
    key = secrets.token_hex(8) if key is None else str(key)
    job = Job(type=name, key=key, args=args, priority=job_types[name].priority)
    # A worker that finishes it compares enqueued_at.
    unique = ["type", "key"] if connection.features.supports_update_conflicts_with_target else None
    Job.objects.bulk_create([job], update_conflicts=True, update_fields=["enqueued_at"], unique_fields=unique)
    failed = Job.objects.filter(type=name, key=key, state=Job.State.FAILED)
    failed.update(state=Job.State.PENDING, available_at=timezone.now(), attempts=0)
    if at is not None:
        Job.objects.filter(type=name, key=key, state=Job.State.PENDING).update(available_at=at)
    transaction.on_commit(wake.set)


def run_soon(name: str) -> None:
    """Run a scheduled job as soon as the current transaction is committed, without waiting for its time."""
    Job.objects.filter(type=name, state=Job.State.PENDING).update(available_at=timezone.now())
    transaction.on_commit(wake.set)
