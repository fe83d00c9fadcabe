"""What MariaDB and MySQL leave to whoever creates a database, or asks it."""

import logging

from django.db import DatabaseError, connections

logger = logging.getLogger(__name__)

COLLATION = "utf8mb4_unicode_520_ci"
"""Finds without regard to case, and tells emoji and Chinese characters apart. The oldest such that both have."""

ANSWER_SECONDS = 10
"""How long who serves readers waits for the answer to one query. Half a second would be a slow one."""


def expect_answers() -> None:
    """Called by what serves, so that no thread hangs for ever at a database that has stopped and not hung up.

    Not by commands: a migration of a large table may take an hour. DATABASE_URL's query has the last word.
    """
    for settings in connections.settings.values():
        if settings["ENGINE"].endswith("mysql"):
            for name in ("read_timeout", "write_timeout"):
                settings["OPTIONS"].setdefault(name, ANSWER_SECONDS)


def choose_collation(sender, using: str, **kwargs) -> None:
    """Before the first table is made: a database that the operator created may speak Latin only."""
    connection = connections[using]
    if connection.vendor != "mysql" or connection.introspection.table_names():
        return
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} CHARACTER SET utf8mb4 COLLATE {COLLATION}")
    except DatabaseError as error:
        logger.warning("The database keeps its collation, which may not tell emoji apart: %s", error)
