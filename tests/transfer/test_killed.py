"""An import that is killed, and run again, ends as one that was not."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

from tests.transfer.folders import picture, post, write

POSTS = 30
STABLE = {
    "blog_post": "title, slug, text, html, excerpt, toc, plain, summary, status, published_at, created_at, updated_at, "
    "cover, topic_order, front_matter, imported, origin",
    "blog_page": "title, slug, html, created_at, updated_at, imported",
    "blog_oldaddress": "path, (SELECT slug FROM blog_post WHERE id = post_id)",
    "blog_tag": "name, slug",
    "blog_topic": "name, slug",
    "blog_post_tags": "(SELECT slug FROM blog_post WHERE id = post_id), (SELECT name FROM blog_tag WHERE id = tag_id)",
}


class Blog:
    """A Frodo of its own, with SQLite, used as a shell would."""

    def __init__(self, folder: Path) -> None:
        self.database, self.media = folder / "blog.sqlite3", folder / "media"
        self.env = os.environ | {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "MEDIA_ROOT": str(self.media),
            "DJANGO_SETTINGS_MODULE": "frodo.settings",
        }
        folder.mkdir()
        self.manage("migrate", "-v0").wait()
        made = self.manage("createsuperuser", "--noinput", "--username=ann", "--email=ann@example.org")
        assert made.wait() == 0

    def manage(self, *args: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "manage.py", *args],
            cwd=settings.BASE_DIR,
            env=self.env | {"DJANGO_SUPERUSER_PASSWORD": "ann's password"},
            stdout=subprocess.DEVNULL,
        )

    def ask(self, query: str) -> list:
        with sqlite3.connect(self.database, timeout=20) as connection:
            return connection.execute(query).fetchall()

    def contents(self) -> dict:
        rows = {table: sorted(self.ask(f"SELECT {columns} FROM {table}")) for table, columns in STABLE.items()}
        files = {str(path.relative_to(self.media)): path.read_bytes() for path in self.media.rglob("*.*")}
        return rows | {"files": files}


def blog_folder(folder: Path) -> Path:
    for n in range(POSTS):
        text = f"![](cup.png) Words of post {n}.\n\n" + "A paragraph with `code`.\n\n" * 20
        fields = {"title": "Tea" if n % 2 else f"Post {n}", "tags": f"[a, t{n % 5}]", "series": "Cups"}
        write(folder, {f"tea-{n % 7}/{n:02}/index.md": post(text, date=f"2019-01-{n % 28 + 1:02}", **fields)})
        write(folder, {f"tea-{n % 7}/{n:02}/cup.png": picture(color=(n, n, n))})
    write(folder, {"about.md": post(type="page", title="About")})
    return folder


def test_killed_in_the_middle_and_run_again_it_ends_the_same(tmp_path):
    folder = blog_folder(tmp_path / "source")
    whole, broken = Blog(tmp_path / "whole"), Blog(tmp_path / "broken")
    assert whole.manage("import_blog", str(folder)).wait() == 0

    for rows in (4, 12):
        running = broken.manage("import_blog", str(folder))
        wait_for_rows(broken, running, rows)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert rows <= len(broken.ask("SELECT id FROM blog_post")) < POSTS
    assert broken.manage("import_blog", str(folder)).wait() == 0

    assert len(whole.ask("SELECT id FROM blog_post")) == POSTS
    assert broken.contents() == whole.contents()


def wait_for_rows(blog: Blog, running: subprocess.Popen, rows: int) -> None:
    while running.poll() is None:
        if len(blog.ask("SELECT id FROM blog_post")) >= rows:
            return
        time.sleep(0.005)
    raise AssertionError("the import ended before it could be killed")
