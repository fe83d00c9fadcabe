"""Collation, timeouts and statement limits of the database connections."""

import logging
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

logger = logging.getLogger(__name__)

COLLATION = "utf8mb4_unicode_520_ci"
"""Finds without regard to case, and tells emoji and Chinese characters apart. The oldest such that both have."""

ANSWER_SECONDS = 4
"""Seconds a server process waits for one query, so that a request is answered within ten seconds.

It may have waited five for a thread. Half a second would be a slow query."""
STATEMENT_SECONDS = ANSWER_SECONDS - 1
"""Seconds after which the database cancels a query, so that none goes on after its request has ended."""
SQLITE_STEPS = 200_000
"""SQLite VM instructions between two checks of the limit; some milliseconds."""


def expect_answers() -> None:
    """Called by servers, so that no thread hangs for ever on a connection whose database has stopped.

    Not by commands: a migration of a large table may take an hour. DATABASE_URL's query has the last word.
    """
    for settings in connections.settings.values():
        if settings["ENGINE"].endswith("mysql"):
            for name in ("read_timeout", "write_timeout"):
                settings["OPTIONS"].setdefault(name, ANSWER_SECONDS)
    connection_created.connect(limit_statements, dispatch_uid="limit_statements")


def limit_statements(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """MySQL knows such a limit for SELECT alone, in milliseconds."""
    if connection.vendor == "mysql":
        limit = (
            f"max_statement_time = {STATEMENT_SECONDS}"
            if getattr(connection, "mysql_is_mariadb", False)
            else f"max_execution_time = {STATEMENT_SECONDS * 1000}"
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION {limit}")
    elif connection.vendor == "sqlite":
        limit_sqlite(connection)


class SqliteLimit:
    """SQLite has no statement timeout; a progress handler interrupts slow statements."""

    def __init__(self) -> None:
        self.ends_at = inf

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.ends_at = monotonic() + STATEMENT_SECONDS  # rows are still read after it has returned
        return execute(sql, params, many, context)

    def is_late(self) -> bool:
        return monotonic() > self.ends_at


def limit_sqlite(connection: BaseDatabaseWrapper) -> None:
    limit = next((each for each in connection.execute_wrappers if isinstance(each, SqliteLimit)), None)
    if limit is None:
        limit = SqliteLimit()
        connection.execute_wrappers.append(limit)
    connection.connection.set_progress_handler(limit.is_late, SQLITE_STEPS)


def choose_collation(sender: object, using: str, **kwargs: Any) -> None:
    """Set the database's collation before the first table is created: an operator's database may use Latin-1."""
    connection = connections[using]
    if connection.vendor != "mysql" or connection.introspection.table_names():
        return
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} CHARACTER SET utf8mb4 COLLATE {COLLATION}")
    except DatabaseError as error:
        logger.warning("The database keeps its collation, which may not tell emoji apart: %s", error)
