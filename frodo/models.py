"""The responses kept for `Idempotency-Key` (frodo/api/idempotency.py), and the index of the other tables."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from frodo.fields import ExactCharField
from frodo.jobs.models import Job
from frodo.site_settings.models import SiteSettings
from frodo.snapshots import SnapshotVersion

KEPT = timedelta(days=1)
MAX_KEY = 200


class IdempotentResponse(models.Model):
    """The response to a request with an `Idempotency-Key`, sent again when the request is repeated."""

    client = ExactCharField(max_length=100)
    key = ExactCharField(max_length=MAX_KEY)
    request = models.CharField(max_length=64)
    """A digest of its URL and body."""
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="one_response_per_key")]

    def __str__(self) -> str:
        return f"{self.client}: {self.key}"


def delete_old_responses() -> None:
    IdempotentResponse.objects.filter(created_at__lte=timezone.now() - KEPT).delete()
