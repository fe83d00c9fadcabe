"""An import that is killed, and run again, ends as one that was not."""

import random
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.blogs import Blog, new_blog
from tests.importers import wxr
from tests.importers.disqus import disqus, disqus_post
from tests.importers.folders import picture, post, write

POSTS = 30
STABLE = {
    "blog_post": "title, slug, text, html, excerpt, toc, plain, summary, status, published_at, created_at, updated_at, "
    "cover, topic_order, front_matter, imported, origin",
    "blog_page": "title, slug, html, created_at, updated_at, imported",
    "blog_redirect": "path, (SELECT slug FROM blog_post WHERE id = post_id)",
    "blog_comment": "origin, text, html, state, created_at, (SELECT origin FROM blog_comment AS above WHERE above.id = "
    "blog_comment.parent_id)",
    "blog_tag": "name, slug",
    "blog_topic": "name, slug",
    "blog_post_tags": "(SELECT slug FROM blog_post WHERE id = post_id), (SELECT name FROM blog_tag WHERE id = tag_id)",
}


def contents(blog: Blog) -> dict:
    rows = {table: sorted(blog.ask(f"SELECT {columns} FROM {table}")) for table, columns in STABLE.items()}
    return rows | {"files": {str(path.relative_to(blog.media)): path.read_bytes() for path in blog.media.rglob("*.*")}}


def blog_folder(folder: Path) -> Path:
    for n in range(POSTS):
        text = f"![](cup.png) Words of post {n}.\n\n" + "A paragraph with `code`.\n\n" * 20
        fields = {"title": "Tea" if n % 2 else f"Post {n}", "tags": f"[a, t{n % 5}]", "series": "Cups"}
        write(folder, {f"tea-{n % 7}/{n:02}/index.md": post(text, date=f"2019-01-{n % 28 + 1:02}", **fields)})
        write(folder, {f"tea-{n % 7}/{n:02}/cup.png": picture(color=(n, n, n))})
    write(folder, {"about.md": post(type="page", title="About")})
    return folder


def wordpress_export(folder: Path) -> Path:
    """The same number of posts, with comments that reply to one another."""
    folder.mkdir()
    for n in range(POSTS):
        write(folder, {f"uploads/{n:02}.png": picture(color=(n, n, n))})
    items = [
        wxr.item(
            f'<img src="/wp-content/uploads/{n:02}.png"> Words of post {n}.\n\n'
            + "A paragraph with <code>code</code>.\n\n" * 20,
            wxr.comment(2 * n + 1) + wxr.comment(2 * n + 2, comment_parent=2 * n + 1),
            number=n + 1,
            title="Tea" if n % 2 else f"Post {n}",
        )
        for n in range(POSTS)
    ]
    return wxr.export(folder, *items)


def comments_export(folder: Path) -> Path:
    """Disqus's: three comments on each post, which reply to one another."""
    threads, comments = [], []
    for n in range(POSTS):
        threads.append(f'<thread dsq:id="{n}"><link>https://old.example.org/post/{n:02}/</link></thread>')
        for number in range(3 * n + 1, 3 * n + 4):
            parent = number - 1 if number > 3 * n + 1 else 0
            comment = disqus_post(number, parent=parent, createdAt=f"2019-02-03T04:05:{number % 60:02}Z")
            comments.append(comment.replace('<thread dsq:id="2"/>', f'<thread dsq:id="{n}"/>'))
    write(folder, {"disqus.xml": disqus(*threads, *comments)})
    return folder / "disqus.xml"


@pytest.mark.quality
def test_comments_that_are_killed_ten_times_and_run_again_end_the_same(tmp_path):
    posts = write(tmp_path / "posts", {f"{n:02}.md": post(date="2019-01-02", title=f"Post {n}") for n in range(POSTS)})
    command = ["import_comments", comments_export(tmp_path / "source")]
    with ExitStack() as stack:
        whole, broken = (stack.enter_context(new_blog(tmp_path / name)) for name in ("whole", "broken"))
        for blog in (whole, broken):
            blog.create_author()
            blog.manage("import_blog", posts)
        whole.manage(*command)

        kill_at_random_points(broken, command, "blog_comment", 3 * POSTS - 9)
        broken.manage(*command)

        assert len(whole.ask("SELECT id FROM blog_comment")) == 3 * POSTS
        assert contents(broken) == contents(whole)


@pytest.mark.quality
@pytest.mark.parametrize("make", [blog_folder, wordpress_export])
def test_killed_ten_times_and_run_again_it_ends_the_same(tmp_path, make):
    folder = make(tmp_path / "source")
    command = ["import_blog", folder, *(["--media", folder.parent / "uploads"] if folder.is_file() else [])]
    with ExitStack() as stack:
        whole, broken = (stack.enter_context(new_blog(tmp_path / name)) for name in ("whole", "broken"))
        for blog in (whole, broken):
            blog.create_author()
        whole.manage(*command)

        kill_at_random_points(broken, command, "blog_post", POSTS - 3)
        broken.manage(*command)

        assert len(whole.ask("SELECT id FROM blog_post")) == POSTS
        assert contents(broken) == contents(whole)


def kill_at_random_points(blog: Blog, command: list, table: str, most: int) -> None:
    for rows in sorted(random.sample(range(1, most), 10)):
        running = blog.start(*command)
        while len(blog.ask(f"SELECT id FROM {table}")) < rows:
            assert running.poll() is None, "the import ended before it could be killed"
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        running.wait()
