"""The commands that docs/backup.md gives for use without Frodo, run as they stand there with the names of this test."""

import re
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from blog.models import Comment, Post
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = settings.BASE_DIR / "docs" / "backup.md"


@pytest.fixture
def blog(ann):
    make_comment(make_post(title="一壶茶 🍵", text='It\'s a \\ backslash, a "quote"'), text="Lovely")


def recipe(word: str, *names: tuple[str, object]) -> str:
    """The line of the page that has this word, with other names."""
    [line] = [line for line in PAGE.read_text().splitlines() if word in line and not line.startswith("|")]
    for old, new in names:
        line = line.replace(old, str(new))
    return line.partition("  #")[0]


def run(command: str, folder: Path) -> None:
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def contents(database: sqlite3.Connection) -> list:
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    query = "SELECT title, text FROM blog_post UNION ALL SELECT name, text FROM blog_comment"
    return sorted(database.execute(query).fetchall())


def expected() -> list:
    return sorted([*Post.objects.values_list("title", "text"), *Comment.objects.values_list("name", "text")])


def test_a_backup_is_unpacked_by_common_programs(blog, manage, tmp_path):
    manage("backup", "--to", str(tmp_path))
    [tar] = tmp_path.glob("frodo-*.tar")

    run(recipe("tar -xf", ("frodo-2026-11-29T030000Z.tar", tar)), tmp_path)

    if connection.vendor == "sqlite":
        run(recipe("> frodo.sqlite3"), tmp_path)
        with closing(sqlite3.connect(tmp_path / "frodo.sqlite3")) as database:
            assert contents(database) == expected()
    else:
        load(recipe("| mariadb frodo"), tmp_path)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's")
@pytest.mark.skipif(not shutil.which("sqlite3"), reason="sqlite3 is not installed")
def test_sqlite3_makes_a_backup(blog, tmp_path):
    there, copy = connection.settings_dict["NAME"], tmp_path / "copy.sqlite3"
    names = ("/var/lib/frodo/frodo.sqlite3", there), ("/var/backups/frodo/frodo.sqlite3", copy)

    run(recipe(".backup", *names), tmp_path)

    with closing(sqlite3.connect(copy)) as database:
        assert contents(database) == expected()


@pytest.mark.skipif(connection.vendor != "mysql", reason="MariaDB's")
def test_mariadb_dump_makes_a_backup(blog, tmp_path):
    config, file = connection.settings_dict, tmp_path / "database.sql.gz"
    where = f"mariadb-dump -h {config['HOST']} -P {config['PORT']} -u {config['USER']}"
    names = ("mariadb-dump", where), ("/var/backups/frodo/frodo.sql.gz", file), (" frodo ", f" {config['NAME']} ")

    run(recipe("mariadb-dump --single-transaction --default", *names), tmp_path)

    load(recipe("| mariadb frodo"), tmp_path)


def load(command: str, folder: Path) -> None:
    """Into an empty database, whose rows are those of this one."""
    config, name = connection.settings_dict, "frodo_recipe"
    where = f"| mariadb -h {config['HOST']} -P {config['PORT']} -u {config['USER']} {name}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            run(command.replace("| mariadb frodo", where), folder)
            cursor.execute(f"SELECT title, text FROM {name}.blog_post")
            rows = list(cursor.fetchall())
            cursor.execute(f"SELECT name, text FROM {name}.blog_comment")
            assert sorted([*rows, *cursor.fetchall()]) == expected()
        finally:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's")
@pytest.mark.skipif(not shutil.which("litestream"), reason="Litestream is not installed")
def test_litestream_replicates_and_restores(blog, tmp_path):
    there = connection.settings_dict["NAME"]
    [config] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    config = re.sub(r"(?s)replica:.*", f"replica:\n      type: file\n      path: {tmp_path}/replica\n", config)
    (tmp_path / "litestream.yml").write_text(config.replace("/var/lib/frodo/frodo.sqlite3", str(there)))
    command = ["litestream", "replicate", "-config", "litestream.yml"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        make_post(title="Written while it runs")
        names = ("/etc/litestream.yml", "litestream.yml"), ("/tmp/frodo.sqlite3", "new.sqlite3")
        restore = recipe("litestream restore", *names, ("/var/lib/frodo/frodo.sqlite3", there))
        end = time.monotonic() + 30
        while not (done := is_restored(restore, tmp_path)) and time.monotonic() < end:
            (tmp_path / "new.sqlite3").unlink(missing_ok=True)
        process.terminate()

    assert done


def is_restored(command: str, folder: Path) -> bool:
    subprocess.run(command, shell=True, cwd=folder, capture_output=True, check=False)
    if not (folder / "new.sqlite3").exists():
        return False
    with closing(sqlite3.connect(folder / "new.sqlite3")) as database:
        return contents(database) == expected()
