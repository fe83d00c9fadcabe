"""A MariaDB for measuring: the one that DATABASE_URL names, else one of our own in a folder that goes away."""

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.serving import free_port
from tests.databases import connect, database


class Missing(Exception):
    """There is no MariaDB here; the text says why."""


@contextmanager
def mariadb(folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    try:
        import MySQLdb  # noqa: F401
    except ImportError as error:
        raise Missing("mysqlclient is not installed") from error
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("mysql"):
        with database(folder, url) as own:
            yield own
        return
    server = shutil.which("mariadbd") or shutil.which("mysqld")
    install = shutil.which("mariadb-install-db")
    if not server or not install:
        raise Missing("no MariaDB is installed and DATABASE_URL names none")
    with started(server, install, folder / "mariadb") as url, database(folder, url) as own:
        yield own


@contextmanager
def started(server: str, install: str, folder: Path) -> Iterator[str]:
    port, user = free_port(), f"--user={getpass.getuser()}"
    options = [user, f"--datadir={folder}"]
    made = subprocess.run(
        [install, "--no-defaults", *options, "--auth-root-authentication-method=normal", "--skip-test-db"],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise Missing(f"mariadb-install-db failed: {(made.stderr or made.stdout).strip()[-200:]}")
    places = [f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", f"--port={port}", "--bind-address=127.0.0.1"]
    process = subprocess.Popen(
        [server, "--no-defaults", *options, *places, "--innodb-buffer-pool-size=64M"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"mysql://root@127.0.0.1:{port}/frodo"
    try:
        for _ in range(150):
            try:
                connect(url).close()
                break
            except Exception as error:
                if process.poll() is not None:
                    raise Missing("mariadbd did not start") from error
                time.sleep(0.1)
        else:
            raise Missing("mariadbd did not answer within 15 s")
        yield url
    finally:
        process.terminate()
        process.wait(30)


def n_connections(url: str) -> int:
    """How many connections the server has taken since it started; asking is one of them."""
    with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Connections'")
        return int(cursor.fetchone()[1])
