"""Django's settings of a database from its URL, with what Frodo needs of SQLite, MariaDB and MySQL; a read replica."""

from contextvars import ContextVar
from typing import Any

REPLICA = "replica"
reads_replica: ContextVar[bool] = ContextVar("reads_replica", default=False)
"""Set while a page for everybody is rendered whose content has not changed for a while."""


class ReplicaRouter:
    """With DATABASE_REPLICA_URL: what anonymous pages read comes from the replica, all else from the primary."""

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        return REPLICA if reads_replica.get() else None

    def db_for_write(self, model: type, **hints: Any) -> str:
        return "default"

    def allow_relation(self, *models: object, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return None if db == "default" else False


def complete(config: dict) -> dict:
    """`config` is what dj-database-url makes of a URL."""
    config = {**config, "CONN_HEALTH_CHECKS": True}
    if config["ENGINE"].endswith("sqlite3"):
        config["ENGINE"] = "frodo.sqlite3"  # Django's, whose writers queue in order
        config["OPTIONS"] = {
            # A write lock taken at BEGIN waits its turn; one asked for in mid-transaction fails at once.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    elif config["ENGINE"].endswith("mysql"):
        config["OPTIONS"] = {
            "charset": "utf8mb4",
            "init_command": "SET sql_mode='TRADITIONAL'",  # what does not fit is an error, never cut off
            "isolation_level": "read committed",
            "connect_timeout": 4,
            **config.get("OPTIONS", {}),
        }
    return config
