"""Django's `migrate`, which creates the data folder and waits for a database server that is still starting."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from frodo.error_views import LOST
from frodo.sqlite3.base import DatabaseWrapper

PAUSE = 0.5


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--wait", type=float, default=60, metavar="SECONDS", help="how long to wait for the database (default: 60)"
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Before Django's own checks, which already ask the database."""
        connection = connections[options["database"]]
        if isinstance(connection, DatabaseWrapper) and not connection.is_in_memory_db():
            create_folder(Path(connection.settings_dict["NAME"]).parent)
        self.wait_for(connection, options["wait"])
        return super().execute(*args, **options)

    def wait_for(self, connection: BaseDatabaseWrapper, seconds: float) -> None:
        end, is_told = time.monotonic() + seconds, False
        while True:
            try:
                connection.ensure_connection()
            except (OperationalError, InterfaceError) as error:
                if not (error.args and error.args[0] in LOST) or time.monotonic() >= end:
                    raise
            else:
                return
            if not is_told:
                self.stderr.write(_("Waiting for the database, up to %(n)g seconds ...") % {"n": seconds})
                is_told = True
            time.sleep(PAUSE)


def create_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            _("The data folder cannot be created: %(error)s. Check DATA_DIR.") % {"error": error}
        ) from error
