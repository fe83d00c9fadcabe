"""Small sets of rows that every write needs, such as moderation rules, cached in each process.

The database holds a version of each snapshot, a random word. A change writes a new one in its own transaction, and
every use reads it, so no process can miss a change. It is no number: one that was rolled back would be given again.
"""

import secrets
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection, models, transaction

T = TypeVar("T")

MAX_AGE = 60.0
"""Seconds after which rows are read again, in case they were changed by SQL."""


class SnapshotVersion(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    version = models.CharField(max_length=32)

    class Meta:
        app_label = "frodo"

    def __str__(self) -> str:
        return self.name


class Snapshot(Generic[T]):
    """`load` reads the rows, `get` returns what it made of them, and whoever changes a row calls `changed`."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self.load = load
        self.kept: tuple[str | None, float, T] | None = None

    def get(self) -> T:
        version, now = self.version(), time.monotonic()
        kept = self.kept
        if kept is None or kept[0] != version or kept[1] + MAX_AGE < now:
            kept = self.kept = (version, now, self.load())  # read after the version, so never older than it
        return kept[2]

    def version(self) -> str | None:
        """None as long as nothing has changed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT version FROM frodo_snapshotversion WHERE name = %s", [self.name])
            row = cursor.fetchone()
        return row and row[0]

    def changed(self) -> None:
        changed(self.name)


def changed(name: str) -> None:
    """Called in the transaction of the change."""
    version = secrets.token_hex(16)
    if not SnapshotVersion.objects.filter(pk=name).update(version=version):
        SnapshotVersion.objects.update_or_create(pk=name, defaults={"version": version})


def increment(model: type[models.Model], pk: int, name: str, *also: str) -> int:
    """Increment these columns of the row, creating it if missing, and return the first.

    Until the end of the transaction the row is locked.
    """
    quote = connection.ops.quote_name
    is_mysql = connection.vendor == "mysql"  # which has no RETURNING for updates
    first = f"LAST_INSERT_ID({quote(name)} + 1)" if is_mysql else f"{quote(name)} + 1"
    key = model._meta.pk.column
    assert key is not None
    values = [f"{quote(name)} = {first}", *(f"{quote(column)} = {quote(column)} + 1" for column in also)]
    sql = f"UPDATE {quote(model._meta.db_table)} SET {', '.join(values)} WHERE {quote(key)} = %s"  # noqa: S608
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute(sql if is_mysql else f"{sql} RETURNING {quote(name)}", [pk])
            if is_mysql and cursor.rowcount:
                return cursor.lastrowid
            if not is_mysql and (row := cursor.fetchone()):
                return row[0]
            model._default_manager.get_or_create(pk=pk)
    raise AssertionError("unreachable")
