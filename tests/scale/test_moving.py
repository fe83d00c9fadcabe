"""Moving a site of 20,000 posts and 200,000 comments, by a copy of its database and by the archive, within 250 MB."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.blogs import Blog
from tests.databases import ROOT, database, mariadb
from tests.importers.test_memory import MOST, measure

pytestmark = pytest.mark.quality

POSTS, COMMENTS = 20_000, 200_000
NOT_COPIED = "django_migrations"
"""When each database was migrated."""


def blog_in(folder: Path) -> Blog:
    """A blog on SQLite, whatever database the tests run on."""
    folder.mkdir()
    return Blog(folder, f"sqlite:///{folder}/frodo.sqlite3")


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Blog:
    blog = blog_in(tmp_path_factory.mktemp("moving") / "large")
    subprocess.run([sys.executable, "-m", "benchmarks.large_site", str(POSTS)], cwd=ROOT, env=blog.env, check=True)
    assert blog.ask("SELECT COUNT(*) FROM blog_post")[0][0] >= POSTS
    assert blog.ask("SELECT COUNT(*) FROM blog_comment")[0][0] >= COMMENTS
    return blog


def run(blog: Blog, *args: object) -> None:
    """Run a management command, which may take 250 MB of memory."""
    memory, seconds = measure(blog, *args)
    print(f"{args[0]}: {memory // 1000} MB, {seconds:.0f} s of a processor")
    assert memory < MOST


def differing(one: str, other: str) -> dict[str, int]:
    """The number of rows by table that only one of two SQLite databases has."""
    with closing(sqlite3.connect(one.partition(":///")[2])) as connection:
        connection.execute("ATTACH ? AS other", [other.partition(":///")[2]])
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?",
            [NOT_COPIED],
        ).fetchall()
        found = {}
        for (name,) in names:
            ours, theirs = f'SELECT * FROM main."{name}"', f'SELECT * FROM other."{name}"'
            found[name] = sum(
                connection.execute(f"SELECT COUNT(*) FROM ({a} EXCEPT {b})").fetchone()[0]
                for a, b in ((ours, theirs), (theirs, ours))
            )
        return {name: n for name, n in found.items() if n}


def test_the_database_goes_to_mariadb_and_comes_back(large, tmp_path):
    back = f"sqlite:///{tmp_path}/back.sqlite3"
    with database(tmp_path, mariadb()) as url:
        run(large, "copy_database", url)
        run(large, "copy_database", back, "--from", url)

    assert differing(large.url, back) == {}


def test_the_archive_brings_the_same_site_back(large, tmp_path):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    run(large, "export_blog", first)
    empty = blog_in(tmp_path / "empty")
    run(empty, "import_blog", first)
    empty.manage("export_blog", second)

    assert first.read_bytes() == second.read_bytes()
    for table in ("blog_post", "blog_comment"):
        assert empty.ask(f"SELECT COUNT(*) FROM {table}") == large.ask(f"SELECT COUNT(*) FROM {table}")
