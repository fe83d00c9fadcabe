import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from frodo.backup import BackupError, databases
from frodo.backup.copying import connect, copy_database, migrate


class Command(BaseCommand):
    help = "Copy everything to another database, SQLite, MariaDB or MySQL, and compare every table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", help="URL of the new database, such as mysql://user:password@host:3306/frodo")
        parser.add_argument("--from", dest="source", metavar="URL", default="", help="instead of DATABASE_URL")
        parser.add_argument("--overwrite", action="store_true", help="delete what is in the new database")

    def handle(self, *, target: str, source: str, overwrite: bool, **options: Any) -> None:
        began = time.monotonic()
        try:
            old = connect(source, "copy_source") if source else connection
            new = connect(target, "copy_target")
            if (old.vendor, *where(old)) == (new.vendor, *where(new)):
                raise BackupError(_("This is the database that is to be copied."))
            if not overwrite and not databases.is_empty(new):
                raise BackupError(_("The database is not empty. To replace everything in it, use --overwrite."))
            migrate(target)
            n_rows = n_tables = 0
            for copied in copy_database(old, new, self.progress if sys.stderr.isatty() else lambda *_far: None):
                n_rows, n_tables = n_rows + copied.rows, n_tables + 1
                if copied.rows:
                    self.stdout.write(f"{copied.rows:>9}  {copied.seconds:7.1f} s  {copied.table}")
            new.close()
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(_("Not copied. %(error)s") % {"error": error}) from error
        text = _("%(rows)d rows in %(tables)d tables copied in %(seconds)d s; all counts and checksums agree.")
        seconds = time.monotonic() - began
        self.stdout.write(text % {"rows": n_rows, "tables": n_tables, "seconds": seconds})
        self.stdout.write(_("Now set DATABASE_URL to the new database and restart the server."))

    def progress(self, table: str, n: int, total: int) -> None:
        self.stderr.write(f"\r\033[K{table} {n}/{total}", style_func=str, ending="\r\033[K" if n == total else "")


def where(connection: BaseDatabaseWrapper) -> tuple:
    config = connection.settings_dict
    return (str(config["NAME"]), config["HOST"] or "localhost", str(config["PORT"] or "3306"))
