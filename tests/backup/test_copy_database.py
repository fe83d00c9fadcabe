import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection

from blog.models import Comment, Post
from tests.exporters.sites import make_site

pytestmark = pytest.mark.django_db(transaction=True)


def url_of_this_database() -> str:
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    return f"mysql://{config['USER']}@{config['HOST']}:{config['PORT']}/{config['NAME']}"


def copy_database(*args: str) -> subprocess.CompletedProcess:
    """In a process of its own: a test may not open further connections."""
    command = [sys.executable, "-W", "ignore", "manage.py", "copy_database", *args]
    env = os.environ | {"DATABASE_URL": url_of_this_database(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/copy.sqlite3"


def rows(path: Path, table: str) -> list:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


def all_rows(path: Path) -> dict[str, list]:
    """By table; but for when each database was migrated."""
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr)
            for (name,) in tables
            if name != "django_migrations"
        }


def everything() -> dict[str, list]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (Post, Comment)}


def test_all_rows_are_copied_and_compared(ann, bob, sqlite_url, tmp_path):
    make_site(ann, bob)

    done = copy_database(sqlite_url)

    assert "all counts and checksums agree" in done.stdout, done.stderr
    copied = rows(tmp_path / "copy.sqlite3", "blog_post")
    assert len(copied) == Post.threads.count()
    assert "一壶茶: tea & “quotes”" in str(copied)
    assert len(rows(tmp_path / "copy.sqlite3", "blog_comment")) == Comment.objects.count()
    assert "not empty" in copy_database(sqlite_url).stderr
    assert copy_database(sqlite_url, "--overwrite").returncode == 0


@pytest.mark.quality
@pytest.mark.skipif(connection.vendor != "mysql", reason="to MariaDB and back")
def test_there_and_back(ann, bob, sqlite_url, tmp_path):
    make_site(ann, bob)
    before = everything()
    assert copy_database(sqlite_url).returncode == 0
    config, name = connection.settings_dict, f"copy_{uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            url = f"mysql://{config['USER']}@{config['HOST']}:{config['PORT']}/{name}"
            assert copy_database(url, "--from", sqlite_url).returncode == 0
            cursor.execute(f"SELECT title, slug FROM {name}.blog_post ORDER BY id")
            copied = cursor.fetchall()
            assert copy_database(f"sqlite:///{tmp_path}/back.sqlite3", "--from", url).returncode == 0
        finally:
            cursor.execute(f"DROP DATABASE {name}")

    assert copied == tuple((row.title, row.slug) for row in Post.threads.order_by("pk"))
    assert everything() == before
    assert all_rows(tmp_path / "back.sqlite3") == all_rows(tmp_path / "copy.sqlite3")


@pytest.mark.parametrize("url", ["nonsense", "postgres://localhost/frodo"])
def test_other_databases_are_refused(manage, ann, url):
    with pytest.raises(CommandError, match="not the URL of a database"):
        manage("copy_database", url)


def test_a_database_is_not_copied_onto_itself(manage, ann):
    if connection.vendor != "sqlite":
        pytest.skip("the name of the test's database has another form in a URL")

    with pytest.raises(CommandError, match="that is to be copied"):
        manage("copy_database", f"sqlite:///{connection.settings_dict['NAME']}")
