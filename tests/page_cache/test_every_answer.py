"""Every status of every shared view, in every encoding, with HEAD and conditional headers, over a socket."""

import gzip
import itertools
import socket

import brotli
import pytest
from django.urls import URLResolver, get_resolver, resolve
from django.views.generic import RedirectView

from tests.server import Server, until

WRITE = """
from tests.factories import *
from blog.site.models import BlogrollLink
from django.db import connection
post = make_post(title="A walk", text="We walked along the river. " * 40, tags=("tea",), topic=make_topic())
make_page()
activity = make_activity()
make_comment(post=post, text="Lovely.")
BlogrollLink.objects.create(name="Herons", url="https://herons.example/")
for n in range(12):
    make_post(title=f"Post {n}", tags=("tea",))
    make_activity()
print(activity.pk)
"""
NEIGHBOURS = (
    *(
        "/",
        "/page/2/",
        "/post/a-walk/",
        "/post/a-walk/comments.xml",
        "/post/a-walk/comments/",
        "/p/about/",
        "/tags/",
        "/tag/tea/",
        "/tag/tea/page/2/",
        "/search/results/?q=walk",
        "/offline/",
    ),
    *(
        "/topics/",
        "/topic/walks/",
        "/archives/",
        "/archives/2026/",
        "/search/?q=walk",
        "/activities/",
        "/activities/page/2/",
    ),
    *(
        "/activities/{pk}/",
        "/activities/{pk}/comments.xml",
        "/activities/atom.xml",
        "/activities/rss.xml",
        "/activities/feed.json",
    ),
    *("/atom.xml", "/rss.xml", "/feed.json", "/comments.xml", "/sitemap.xml", "/robots.txt"),
    *("/blogroll/", "/blogroll.opml", "/author/ann/", "/post/a-walk/qr.svg", "/comments/latest/"),
    *(
        "/tag/tea/atom.xml",
        "/topic/walks/atom.xml",
        "/tag/tea/rss.xml",
        "/tag/tea/feed.json",
        "/topic/walks/rss.xml",
    ),
)
MOVED = ("/page/1/", "/post/1/", "/post/a-walk", "/tags?utm=x")
MISSING = (
    *(
        "/page/99/",
        "/post/nothing/",
        "/post/nothing/comments.xml",
        "/post/nothing/comments/",
        "/p/nothing/",
        "/tag/nothing/",
        "/topic/nothing/",
    ),
    *(
        "/archives/1999/",
        "/archives/1999/5/",
        "/llms.txt",
        "/author/nobody/",
        "/search/?q=walk&page=99",
        "/activities/page/99/",
        "/activities/99999/",
        "/nothing/",
    ),
)
BROKEN = ("/post/a-walk/", "/tags/", "/tag/tea/", "/atom.xml", "/feed.json", "/sitemap.xml", "/topic/walks/rss.xml")
"""Asked for when the table of tags is gone."""
ENCODINGS = ("", "identity", "gzip", "br", "gzip, br", "*", "br;q=0, gzip", "*;q=0", "gzip;q=0, *;q=0.5")
CONDITIONS = (
    {},
    {"If-None-Match": '"x"'},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(
        tmp_path_factory.mktemp("server"), PAGE_CACHE_MB="64", PAGE_CACHE_POLL_SECONDS="3600", REDIS_URL=""
    ) as server:
        server.activity = server.run(WRITE)
        # Of another query: one that was asked for while the index lagged behind is not kept for a while.
        until(lambda: "no-store" not in answer(server, "/search/?q=river")[1].get("cache-control", ""), "the index")
        yield server


def answer(server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Over a connection that the server closes: bytes beyond the announced length would be seen."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items() if value]
    with socket.create_connection(("127.0.0.1", server.port), 30) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        received = b""
        while piece := line.recv(65536):
            received += piece
    head, _blank, body = received.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    names = [field.partition(":")[0].lower() for field in fields]
    assert len(names) == len(set(names)), names
    return int(status.split()[1]), {name: f.partition(": ")[2] for name, f in zip(names, fields, strict=True)}, body


def unpacked(headers: dict[str, str], body: bytes) -> bytes:
    return {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[headers.get("content-encoding", "")](body)


def accepts(accepted: str, encoding: str) -> bool:
    if not encoding:
        return True
    refused = f"{encoding};q=0" in accepted.replace(" ", "")
    return not refused and (encoding in accepted or ("*" in accepted and accepted != "*;q=0"))


def check(server, path: str, status: int) -> None:
    plain = answer(server, path)
    assert plain[0] == status, (path, plain)
    for accepted, condition in itertools.product(ENCODINGS, CONDITIONS):
        asked = {"Accept-Encoding": accepted, **condition}
        got, headers, body = answer(server, path, **asked)
        same = answer(server, path, "HEAD", **asked)

        assert same[0] == got
        assert same[2] == b""
        assert same[1].get("content-length") == headers.get("content-length")
        if condition == {"If-None-Match": "*"} and status == 200 and "etag" in plain[1]:
            assert (got, body) == (304, b"")
            continue
        assert got == status
        assert int(headers["content-length"]) == len(body)
        assert accepts(accepted, headers.get("content-encoding", ""))
        assert unpacked(headers, body) == plain[2]


def shared_views() -> set:
    def views(patterns):
        for pattern in patterns:
            yield from views(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern.callback]

    shared = {view for view in views(get_resolver().url_patterns) if hasattr(view, "shared_parameters")}
    return {view for view in shared if getattr(view, "view_class", None) is not RedirectView}  # other names of feeds


def test_no_shared_view_is_left_out_here():
    asked = {resolve(path.format(pk=1).partition("?")[0]).func for path in (*NEIGHBOURS, *MISSING)}

    # These have tests of their own (tests/posts, tests/scale).
    left_out = {view.__name__ for view in shared_views() - asked}
    assert left_out <= {"favicon", "sitemap_section", "usual_url"}


@pytest.mark.parametrize("path", NEIGHBOURS)
def test_what_is_there(server, path):
    check(server, path.format(pk=server.activity), 200)


@pytest.mark.parametrize("path", MOVED)
def test_what_has_moved(server, path):
    check(server, path, 301)


@pytest.mark.parametrize("path", MISSING)
def test_what_is_missing(server, path):
    check(server, path, 404)


@pytest.mark.parametrize(
    "path", ["/atom.xml", "/rss.xml", "/comments.xml", "/tag/tea/atom.xml", "/post/a-walk/comments.xml"]
)
def test_a_feed_that_is_not_newer_is_not_sent_again(server, path):
    _status, headers, body = answer(server, path)
    dated = headers["last-modified"]
    assert body

    for method in ("GET", "HEAD"):
        assert answer(server, path, method, **{"If-Modified-Since": dated})[::2] == (304, b"")
    for asked in (
        {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": dated, "If-None-Match": '"another"'},  # only the entity tag counts
    ):
        assert answer(server, path, **asked)[::2] == (200, body)
    assert answer(server, path, **{"If-None-Match": headers["etag"]})[0] == 304


RENAME = "from django.db import connection; connection.cursor().execute('ALTER TABLE {} RENAME TO {}')"


@pytest.fixture
def restarted(server):
    """Nothing is kept from before."""
    yield lambda: (server.kill(), server.start())
    server.kill()
    server.start()


def test_errors(server, restarted):
    server.run(RENAME.format("blog_tag", "gone"))
    try:
        restarted()
        for path in BROKEN:
            check(server, path, 500)
    finally:
        server.run(RENAME.format("gone", "blog_tag"))


def test_a_database_that_is_away(server, restarted, monkeypatch):
    monkeypatch.setitem(server.environment, "DATABASE_URL", f"sqlite:///{server.folder}")
    restarted()

    for path in ("/", "/atom.xml", "/nothing/"):
        check(server, path, 503)
    monkeypatch.undo()
