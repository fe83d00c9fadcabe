"""Dump and load of a whole database: SQLite by its backup API, MariaDB and MySQL by their own programs.

Both are consistent while the site writes: one snapshot, taken without a lock on writers.
"""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from frodo.backup import BackupError
from frodo.backup.encryption import last_line

FILES = {"sqlite": "database.sqlite3.gz", "mysql": "database.sql.gz"}
LEVEL = 6
SMALL, EXPANSION = 64 * 1024**2, 300
"""Bytes of a dump that needs no check, and how many times larger than compressed another may be; most are 3 to 20."""
INSERT = re.compile(rb"INSERT INTO `([^`]+)` VALUES ")


def dump(connection: BaseDatabaseWrapper, folder: Path) -> tuple[Path, dict[str, int]]:
    """The compressed dump in `folder`, and the number of rows of each table in it."""
    path = folder / FILES[connection.vendor]
    rows = (dump_sqlite if connection.vendor == "sqlite" else dump_mysql)(connection, path)
    return path, dict(sorted(rows.items()))


def dump_sqlite(connection: BaseDatabaseWrapper, path: Path) -> dict[str, int]:
    copy = path.with_suffix("")
    connection.ensure_connection()
    # All pages in one step: readers and writers of a database with WAL go on, and the copy is of one moment.
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        rows = count_sqlite(target)
    with copy.open("rb") as source, gzip.GzipFile(path, "wb", LEVEL, mtime=0) as compressed:
        shutil.copyfileobj(source, compressed, 1024**2)
    copy.unlink()
    return rows


def count_sqlite(database: sqlite3.Connection) -> dict[str, int]:
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    # Tables of full-text search keep parts of themselves in tables of their own.
    virtual = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'")}
    own = [name for name in tables if name not in virtual and not any(name.startswith(f"{v}_") for v in virtual)]
    return {
        name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names of tables
        for name in own
        if not name.startswith("sqlite_")
    }


def dump_mysql(connection: BaseDatabaseWrapper, path: Path) -> dict[str, int]:
    rows: Counter[str] = Counter()
    with client(connection, "mariadb-dump", "mysqldump") as (command, database):
        # One row to an INSERT, so that rows can be counted; one transaction to a table, so that loading them is quick.
        options = ["--single-transaction", "--quick", "--skip-extended-insert", "--no-autocommit", "--hex-blob"]
        options += ["--default-character-set=utf8mb4", "--skip-dump-date", "--skip-comments", "--no-tablespaces"]
        with tempfile.TemporaryFile() as errors, gzip.GzipFile(path, "wb", LEVEL, mtime=0) as compressed:
            with subprocess.Popen([*command, *options, database], stdout=subprocess.PIPE, stderr=errors) as process:
                assert process.stdout  # a pipe
                for line in process.stdout:
                    if line.startswith(b"CREATE TABLE `"):
                        rows[line.split(b"`")[1].decode()] += 0
                    elif found := INSERT.match(line):
                        rows[found[1].decode()] += 1
                    compressed.write(line)
            errors.seek(0)
            if process.returncode:
                raise BackupError(_("The database cannot be dumped: %(error)s") % {"error": last_line(errors.read())})
    return rows


@contextmanager
def client(connection: BaseDatabaseWrapper, *programs: str) -> Iterator[tuple[list[str], str]]:
    """The first of these programs that is installed, with where to connect to in a file that only we can read."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        raise BackupError(_("%(program)s is not installed.") % {"program": programs[0]})
    config = connection.settings_dict
    host = config["HOST"] or "localhost"
    options = {"user": config["USER"], "password": config["PASSWORD"], "port": config["PORT"]}
    options["socket" if host.startswith("/") else "host"] = host
    options |= {"socket": config["OPTIONS"]["unix_socket"]} if "unix_socket" in config["OPTIONS"] else {}
    with tempfile.NamedTemporaryFile("w", suffix=".cnf") as file:  # mode 600
        lines = [f"{name}={quoted(str(value))}" for name, value in options.items() if value]
        file.write("\n".join(["[client]", *lines, ""]))
        file.flush()
        yield [found, f"--defaults-extra-file={file.name}"], config["NAME"]


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def load(connection: BaseDatabaseWrapper, path: Path) -> None:
    """Replace everything in the database by a dump made by `dump`."""
    (load_sqlite if connection.vendor == "sqlite" else load_mysql)(connection, path)
    connection.close()


def load_sqlite(connection: BaseDatabaseWrapper, path: Path) -> None:
    copy = path.with_suffix("")
    with copy.open("wb") as file:
        unpack(path, file)
    with closing(sqlite3.connect(copy)) as source:
        try:
            [problem] = source.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            problem = error
        if problem != "ok":
            raise BackupError(_("The database in the backup is damaged: %(error)s") % {"error": problem})
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        connection.ensure_connection()
        # Its journal mode and its readers stay as they are; nobody sees half of it.
        source.backup(connection.connection)
    copy.unlink()


def unpack(path: Path, file: IO[bytes]) -> None:
    """Raises BackupError for what is not gzip, and for a bomb."""
    most = max(SMALL, EXPANSION * path.stat().st_size)
    try:
        with gzip.open(path) as compressed:
            if not compressed.peek(1):
                raise EOFError(_("it is empty"))
            while data := compressed.read(1024**2):
                most -= len(data)
                if most < 0:
                    raise BackupError(_("%(name)s is compressed suspiciously much.") % {"name": path.name})
                file.write(data)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BackupError(_("The database in the backup is damaged: %(error)s") % {"error": error}) from error


def load_mysql(connection: BaseDatabaseWrapper, path: Path) -> None:
    with open(os.devnull, "wb") as nowhere:
        unpack(path, nowhere)  # a dump that is damaged deletes nothing
    with connection.cursor() as cursor, connection.constraint_checks_disabled():
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
    with client(connection, "mariadb", "mysql") as (command, database):
        arguments = [*command, "--default-character-set=utf8mb4", database]
        with tempfile.TemporaryFile() as errors:
            with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=errors, stderr=errors) as process:
                assert process.stdin  # a pipe
                try:
                    unpack(path, process.stdin)
                    process.stdin.close()
                except BrokenPipeError:
                    pass  # its message says why
            errors.seek(0)
            if process.returncode:
                raise BackupError(_("The database cannot be loaded: %(error)s") % {"error": last_line(errors.read())})


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Nobody has an account and nothing is written."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table in {"accounts_user", "blog_post", "blog_page"} & tables:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return False
    return True


def count(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """Rows of each table now."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return count_sqlite(connection.connection)
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            [found[table]] = cursor.fetchone()
    return found
