"""Copy all rows from one database to another of any kind, and compare them table by table."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from environs import Env, EnvError

from frodo import raw_rows
from frodo.backup import BackupError
from frodo.database_config import complete

BATCH = 500


@dataclass
class Copied:
    table: str
    rows: int
    seconds: float


def connect(url: str, alias: str) -> BaseDatabaseWrapper:
    """A further connection, by a URL such as DATABASE_URL has. Raises BackupError."""
    env = Env()
    try:
        config = complete(env.dj_db_url("UNUSED_DATABASE_URL", url))
    except (EnvError, ValueError):
        config = {"ENGINE": ""}
    if not config["ENGINE"].endswith(("sqlite3", "mysql")):
        raise BackupError(_("%(url)s is not the URL of a database that Frodo can use.") % {"url": url})
    connections.settings[alias] = connections.configure_settings({"default": config})["default"]
    if alias in connections:
        connections[alias].close()
        del connections[alias]
    return connections[alias]


def migrate(url: str) -> None:
    """Create the tables, in a process in which that database is the only one."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--run-syncdb", "-v0"]
    done = subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["?"]
        raise BackupError(_("The tables cannot be created: %(error)s") % {"error": lines[-1]})


def copy_database(
    source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, progress: Callable[[str, int, int], None]
) -> Iterator[Copied]:
    """Fill a migrated database, whose rows are deleted, from another. Yields each table when it is copied and compared.

    Raises BackupError. The source may be in use; what is copied is of one moment.
    """
    executor = MigrationExecutor(source)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupError(_("Run manage.py migrate first: the tables are those of an older version."))
    tables = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    with raw_rows.read_snapshot(source), target.constraint_checks_disabled():
        for model in reversed(tables):
            with transaction.atomic(using=target.alias), target.cursor() as cursor:
                cursor.execute(f"DELETE FROM {target.ops.quote_name(model._meta.db_table)}")  # noqa: S608
        for model in tables:
            began = time.monotonic()
            n = copy_table(source, target, model, progress)
            yield Copied(model._meta.db_table, n, time.monotonic() - began)
    target.check_constraints()


def copy_table(
    source: BaseDatabaseWrapper,
    target: BaseDatabaseWrapper,
    model: type[models.Model],
    progress: Callable[[str, int, int], None],
) -> int:
    fields = raw_rows.columns(model)
    total, n = model._base_manager.using(source.alias).count(), 0
    wanted = Checksum()
    for batch in raw_rows.batches(source, model, fields, BATCH):
        wanted.add(batch)
        try:
            with transaction.atomic(using=target.alias):
                raw_rows.insert(target, model, fields, batch)
        except DatabaseError as error:
            message = _("A row of %(table)s was rejected: %(error)s")
            raise BackupError(message % {"table": model._meta.db_table, "error": error}) from error
        n += len(batch)
        progress(model._meta.db_table, n, total)
    found = Checksum()
    for batch in raw_rows.batches(target, model, fields, BATCH):
        found.add(batch)
    if (found.rows, found.digest.digest()) != (wanted.rows, wanted.digest.digest()):
        message = _("%(table)s is not the same after copying: %(n)d rows instead of %(wanted)d, or other values.")
        raise BackupError(message % {"table": model._meta.db_table, "n": found.rows, "wanted": wanted.rows})
    return n


class Checksum:
    """Of the values of rows, the same on every kind of database."""

    def __init__(self) -> None:
        self.rows, self.digest = 0, hashlib.sha256()

    def add(self, batch: list[tuple]) -> None:
        self.rows += len(batch)
        for values in batch:
            self.digest.update(json.dumps(values, sort_keys=True, default=plain).encode("utf-8", "surrogatepass"))


def plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)
