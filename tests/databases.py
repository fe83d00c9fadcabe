"""A database for a test's own server, of the kind that DATABASE_URL names."""

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import blake2s
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def database(folder: Path, url: str | None = None, file: Path | None = None) -> Iterator[str]:
    """Its URL, the same for all servers of one folder. Whoever asked first makes it and removes it.

    On SQLite it is `file`, which stays, by default one in the folder.
    """
    url = os.environ.get("DATABASE_URL", "") if url is None else url
    if not url.startswith("mysql"):
        yield f"sqlite:///{file or folder / 'frodo.sqlite3'}"
        return
    name = name_of(folder)
    is_first = not tell(url, f"SHOW DATABASES LIKE '{name}'")
    if is_first:
        tell(url, f"CREATE DATABASE {name}")
    try:
        yield re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", url)
    finally:
        if is_first:
            tell(url, f"DROP DATABASE {name}")


def create_tables(environment: dict[str, str]) -> None:
    """Give the database of `DATABASE_URL`, if it is empty, its tables: a copy of those that `migrate` has made once.

    Migrating takes 6 s on SQLite and 18 s on MariaDB, and some hundred servers are started by the tests.
    """
    url = environment["DATABASE_URL"]
    kind, _, file = url.partition(":///")
    kind = kind.partition(":")[0]
    if tell(url, f"SHOW TABLES FROM {name_in(url)}") if kind == "mysql" else Path(file).exists():
        return
    sources = sorted(path for app in ("frodo", "accounts", "blog") for path in (ROOT / app).rglob("*.py"))
    state = "".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in [*sources, Path(__file__)])
    digest = blake2s(state.encode(), digest_size=6).hexdigest()
    template = Path(tempfile.gettempdir()) / f"frodo-tables-{os.getuid()}-{digest}.{kind}"
    with template.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            made = template.with_suffix(".new")
            made.unlink(missing_ok=True)
            with database(made, url, made) as empty:
                command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
                subprocess.run(command, cwd=ROOT, env=environment | {"DATABASE_URL": empty}, check=True)
                if kind == "mysql":
                    made.write_bytes(dump(empty))
            made.rename(template)
    if kind == "mysql":
        load(url, template.read_text())
    else:
        shutil.copyfile(template, file)


def dump(url: str) -> bytes:
    parts = urlsplit(url)
    where = [f"--host={parts.hostname}", f"--port={parts.port or 3306}", f"--user={unquote(parts.username or 'root')}"]
    secret = {"MYSQL_PWD": unquote(parts.password or "")}
    command = ["mariadb-dump", "--no-defaults", *where, "--single-transaction", name_in(url)]
    return subprocess.run(command, env=os.environ | secret, check=True, capture_output=True).stdout


def load(url: str, sql: str) -> None:
    with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
        connection.select_db(name_in(url))
        cursor.execute(sql)
        while cursor.nextset() is not None:
            pass
        connection.commit()


def tell(url: str, sql: str) -> list:
    with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def query(url: str, sql: str) -> list[tuple]:
    """Ask the database of a test's server directly, which takes milliseconds; a management command takes seconds."""
    if url.startswith("mysql"):
        with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"USE {name_in(url)}")
            cursor.execute(sql)
            connection.commit()
            return list(cursor.fetchall())
    with closing(sqlite3.connect(url.partition(":///")[2], timeout=20)) as connection, connection:
        return connection.execute(sql).fetchall()


def name_of(folder: Path) -> str:
    return f"test_frodo_{blake2s(str(folder).encode(), digest_size=6).hexdigest()}"


def name_in(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def connect(url: str):
    import MySQLdb

    parts = urlsplit(url)
    return MySQLdb.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        connect_timeout=5,
    )


def mariadb() -> str:
    """The address of a MariaDB for tests that are about it. Where there is none they are skipped, but not in CI."""
    url = os.environ.get("DATABASE_URL", "")
    url = url if url.startswith("mysql") else "mysql://root@127.0.0.1:3306/frodo"
    try:
        connect(url).close()
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"No MariaDB to be reached: {error}")
    return url
