"""Large files are read as streams: 1 GB takes no more memory than 250 MB."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blogs import Blog, new_blog
from tests.databases import ROOT
from tests.importers import wxr
from tests.importers.disqus import disqus as disqus_export
from tests.importers.disqus import disqus_post

MOST = 250_000
"""kB."""
POSTS, SIZE = 500, 2_000_000
"""Number and bytes of entries: 1 GB in all."""
WORDS = " ".join(f"word{n}" for n in range(300))
TEXT = f"<p>{WORDS}</p>\n<h2>Tea</h2>\n<ul><li>Green</li><li>Black</li></ul>\n" * 5
FILLER = "x" * SIZE
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime)
"""
"""By a small process between: a peak begins with the memory of the process that starts another; pytest has much."""


def measure(blog: Blog, *args: object) -> tuple[int, float]:
    """Run a command; its memory in kB and its seconds of a processor."""
    command = [sys.executable, "-c", MEASURE, sys.executable, "-W", "ignore", "manage.py", *map(str, args)]
    done = subprocess.run(command, cwd=ROOT, env=blog.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    memory, seconds = done.stdout.split()
    return int(memory), float(seconds)


def wordpress() -> Iterator[str]:
    """Page builders keep a copy of each page in its custom fields."""
    yield wxr.HEAD
    for n in range(1, POSTS + 1):
        item = wxr.item(TEXT, wxr.comment(2 * n) + wxr.comment(2 * n + 1), number=n, title=f"Post {n}")
        meta = f"<wp:postmeta><wp:meta_key>_builder</wp:meta_key><wp:meta_value>{FILLER}</wp:meta_value></wp:postmeta>"
        yield item.replace("</item>", f"{meta}</item>")
    yield "</channel></rss>"


def ghost() -> Iterator[str]:
    yield '{"db": [{"data": {"posts": ['
    for n in range(1, POSTS + 1):
        post = {"id": n, "uuid": f"u{n}", "title": f"Post {n}", "slug": f"post-{n}", "html": TEXT, "lexical": FILLER}
        yield ("," if n > 1 else "") + json.dumps(post | {"status": "published"})
    yield "]}}]}"


def disqus() -> Iterator[str]:
    head, _, end = disqus_export("POSTS", link="https://old.example.org/post/tea/").partition("POSTS")
    yield head
    for n in range(1, POSTS + 1):
        yield disqus_post(n, createdAt="2019-02-03T04:05:06Z", ipAddress=FILLER)
    yield end


def twikoo() -> Iterator[str]:
    """On one post."""
    yield "["
    for n in range(1, POSTS + 1):
        comment = {"_id": str(n), "nick": "Bob", "comment": "Tea?", "url": "/post/tea/", "created": 1577836800000}
        yield ("," if n > 1 else "") + json.dumps(comment | {"ua": FILLER})
    yield "]"


@pytest.mark.quality
@pytest.mark.parametrize(
    ("command", "name", "write", "table"),
    [
        ("import_blog", "large.xml", wordpress, "blog_post"),
        ("import_blog", "large.json", ghost, "blog_post"),
        ("import_comments", "twikoo.json", twikoo, "blog_comment"),
        ("import_comments", "disqus.xml", disqus, "blog_comment"),
    ],
    ids=["wordpress", "ghost", "twikoo", "disqus"],
)
def test_a_file_of_1_gb_is_imported_within_250_mb(tmp_path, command, name, write, table):
    path = tmp_path / name
    with path.open("w") as file:
        file.writelines(write())
    assert path.stat().st_size > 1_000_000_000
    (tmp_path / "tea.md").write_text("---\ntitle: Tea\n---\nHot.")
    with new_blog(tmp_path / "blog") as blog:
        blog.create_author()
        blog.manage("import_blog", tmp_path / "tea.md")

        memory, seconds = measure(blog, command, path)
        print(f"{name}: {memory // 1000} MB, {seconds:.0f} s of a processor")

        assert blog.ask(f"SELECT COUNT(*) FROM {table}") == [(POSTS + (table == "blog_post"),)]
        assert memory < MOST
    path.unlink()


def test_the_samples_are_read_by_their_importers(tmp_path, run, monkeypatch):
    """So that the slow test does not fail for a typing error."""
    monkeypatch.setattr("tests.importers.test_memory.POSTS", 2)
    monkeypatch.setattr("tests.importers.test_memory.FILLER", "x")
    for name, write in (("large.xml", wordpress), ("large.json", ghost)):
        Path(tmp_path / name).write_text("".join(write()))
        assert run(tmp_path / name)["created"] == 2
