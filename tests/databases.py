"""A database for a test's own server, of the kind that DATABASE_URL names."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import blake2s
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


@contextmanager
def database(folder: Path, url: str | None = None) -> Iterator[str]:
    """Its address, the same for all servers of one folder. Whoever asked first makes it and removes it."""
    url = os.environ.get("DATABASE_URL", "") if url is None else url
    if not url.startswith("mysql"):
        yield f"sqlite:///{folder / 'frodo.sqlite3'}"
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


def tell(url: str, sql: str) -> list:
    with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def name_of(folder: Path) -> str:
    return f"test_frodo_{blake2s(str(folder).encode(), digest_size=6).hexdigest()}"


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
