"""The change log: which posts the search index must read again."""

import secrets
import threading
from collections.abc import Iterable
from functools import partial

from django.db import models, transaction
from django.utils import timezone

wake = threading.Event()
"""Set when this process has committed a change: its indexer need not wait for the next poll."""


def new_token() -> str:
    return secrets.token_hex(8)


class SearchChange(models.Model):
    """Recorded in the transaction of the change; each host's index applies the rows that it has not seen."""

    post_id = models.BigIntegerField(null=True)
    """Of any kind, and perhaps deleted. Null: only a place in the log, from which an index begins."""
    token = models.CharField(max_length=16, default=new_token)
    """An index knows by it whether the log is the one that it followed: a restored database has other rows."""
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.post_id}"


def record_changes(posts: Iterable[int | None]) -> None:
    """Record that these posts have changed, in the current transaction."""
    rows = [SearchChange(post_id=pk) for pk in posts]
    if rows:
        SearchChange.objects.bulk_create(rows, batch_size=1000)
        transaction.on_commit(partial(wake.set))
