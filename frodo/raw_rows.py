"""Read and write rows unchanged, with their primary keys: no signals, no `save()`.

For copies of whole tables (blog/exporters/archive.py, `copy_database`). Memory does not grow with the number of rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

BATCH = 500


def columns(model: type[models.Model]) -> list[models.Field]:
    """The concrete fields of the model's table."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def batches(
    connection: BaseDatabaseWrapper, model: type[models.Model], fields: Sequence[models.Field], size: int = BATCH
) -> Iterator[list[tuple]]:
    """Values of the fields of all rows, in the order of the primary key."""
    key = model._meta.pk
    names: list[str] = [key.attname, *(field.attname for field in fields)]
    rows = model._base_manager.using(connection.alias).order_by(key.attname)
    last = None
    while batch := list((rows if last is None else rows.filter(pk__gt=last)).values_list(*names)[:size]):
        last = batch[-1][0]
        yield [values[1:] for values in batch]


def insert(
    connection: BaseDatabaseWrapper, model: type[models.Model], fields: Sequence[models.Field], rows: Sequence[Sequence]
) -> None:
    """Insert Python values as they are: `auto_now_add` and the like do not apply."""
    if not rows:
        return
    quote = connection.ops.quote_name
    names, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    values = [
        [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})", values)  # noqa: S608


@contextmanager
def read_snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Read-only transaction that sees the state of one moment and blocks no writer."""
    if connection.in_atomic_block:  # a test's
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        else:
            cursor.execute("BEGIN DEFERRED")  # not `atomic`, whose BEGIN IMMEDIATE waits for writers and stops them
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
