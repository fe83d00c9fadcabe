"""What MariaDB and MySQL leave to whoever creates a database."""

import logging

from django.db import DatabaseError, connections

logger = logging.getLogger(__name__)

COLLATION = "utf8mb4_unicode_520_ci"
"""Finds without regard to case, and tells emoji and Chinese characters apart. The oldest such that both have."""


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
