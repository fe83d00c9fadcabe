"""A Frodo of its own, on the kind of database that DATABASE_URL names, used as from a shell."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import ROOT, create_tables, database, query


class Blog:
    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.media = url, folder / "media"
        self.env = os.environ | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(self.media),
            "DJANGO_SETTINGS_MODULE": "frodo.settings",
            "DJANGO_SUPERUSER_PASSWORD": "ann's password",
        }
        create_tables(self.env)

    def start(self, *args: object) -> subprocess.Popen:
        command = [sys.executable, "-W", "ignore", "manage.py", *map(str, args)]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL)

    def manage(self, *args: object) -> None:
        assert self.start(*args).wait() == 0

    def create_author(self) -> None:
        self.manage("createsuperuser", "--noinput", "--username=ann", "--email=ann@example.org")

    def ask(self, sql: str) -> list[tuple]:
        return query(self.url, sql)


@contextmanager
def new_blog(folder: Path) -> Iterator[Blog]:
    folder.mkdir()
    with database(folder) as url:
        yield Blog(folder, url)
