"""One real server, and commands beside it, on SQLite alone."""

import signal
import socket
from http.client import HTTPConnection

import pytest

from tests.page_cache.blog import BROWSER
from tests.server import Server, until

WRITE = (
    "from tests.factories import make_post; from blog.models import *;"
    "from django.utils import timezone; from datetime import timedelta;"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(
        tmp_path_factory.mktemp("server"), PAGE_CACHE_MB="64", PAGE_CACHE_SECONDS="1000", VIEWS_WRITE_SECONDS="1000"
    ) as server:
        server.run(WRITE + "make_post(title='A walk')")
        yield server


def get(server, path: str, method: str = "GET", **headers: str):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, dict(response.getheaders()), body


def test_a_page_comes_compressed_dated_and_once(server):
    status, headers, body = get(server, "/post/a-walk/", accept_encoding="br", accept_language="zh-CN")
    assert status == 200
    assert {"date", "etag", "vary", "cache-control", "content-security-policy"} <= headers.keys()
    assert (headers["content-encoding"], headers["content-language"]) == ("br", "zh-hans")
    assert int(headers["content-length"]) == len(body)
    assert "set-cookie" not in headers
    assert "x-frodo-about" not in headers

    asked = {"accept_encoding": "br", "accept_language": "zh-CN", "if_none_match": headers["etag"]}
    assert get(server, "/post/a-walk/", **asked)[::2] == (304, b"")
    assert get(server, "/post/a-walk/", "HEAD", accept_encoding="gzip")[2] == b""


def raw(server, *requests: bytes, answers: int) -> list[tuple[list[bytes], bytes]]:
    """Header lines and body of each answer to what is written at once to one connection."""
    with socket.create_connection(("127.0.0.1", server.port), 30) as connection:
        connection.sendall(b"".join(requests))
        reader = connection.makefile("rb")
        found = []
        for _ in range(answers):
            lines = list(iter(lambda: reader.readline().rstrip(), b""))
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            found.append((lines, reader.read(length)))
        return found


def test_a_cached_page_is_the_same_however_it_is_written(server):
    """The head is written as one piece, unless a request is pipelined, or the last one of its connection."""
    path = b"GET /post/a-walk/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    raw(server, path + b"\r\n", answers=1)
    (lines, body), *_ = raw(server, path + b"\r\n", answers=1)
    pipelined = raw(server, path + b"\r\n", path + b"\r\n", path + b"\r\n", answers=3)
    ((last_lines, last_body),) = raw(server, path + b"Connection: close\r\n\r\n", answers=1)

    # uvicorn's own headers come first where it writes the answer: then Http.write_response was of no use.
    assert lines[-1].startswith((b"date:", b"server:"))
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {name.split(b":")[0] for name in lines} >= {b"date", b"etag", b"content-type", b"content-length"}
    for other_lines, other_body in pipelined:
        assert (undated(other_lines), other_body) == (undated(lines), body)
    assert undated(last_lines) == [*undated(lines), b"connection: close"]
    assert last_body == body


def undated(lines: list[bytes]) -> list[bytes]:
    return sorted(line for line in lines if not line.startswith((b"date:", b"connection:"))) + [
        line for line in lines if line.startswith(b"connection:")
    ]


def test_who_comments_finds_it_on_the_page(server):
    for n in range(5):
        get(server, "/post/a-walk/")
        status, _said = server.ask("/api/posts/a-walk/comments/", {"text": f"Lovely, {n}.", "name": "Bob"})

        assert status == 201
        assert f"Lovely, {n}." in server.ask("/post/a-walk/")[1]
        assert f"{n + 1} comment" in server.ask("/")[1]


def test_what_another_process_writes_is_found(server):
    addresses = ["/", "/atom.xml", "/sitemap.xml", "/search/?q=lake", "/archives/", "/post/a-lake/"]
    for address in addresses:
        assert 'href="/post/a-lake/"' not in server.ask(address)[1]

    server.run(WRITE + "make_post(title='A lake')")

    for address in addresses[:-1]:
        until(lambda address=address: "/post/a-lake/" in server.ask(address)[1], f"the new post on {address}")
    # A list may have been made anew by itself; that there is no such post is believed until the next look.
    until(lambda: server.ask("/post/a-lake/")[0] == 200, "the new post")


def test_an_import_is_found(server, tmp_path):
    assert server.ask("/post/imported/")[0] == 404
    server.manage("createauthor", "cleo")
    (tmp_path / "imported.md").write_text("---\ntitle: Imported\ndate: 2026-01-02\n---\n\nFrom afar.\n")

    server.manage("import_blog", str(tmp_path), "--author", "cleo")

    until(lambda: server.ask("/post/imported/")[0] == 200, "the imported post")


def test_purge_pages_reaches_a_running_server(server):
    assert "By SQL" not in server.ask("/post/a-walk/")[1]
    server.run(WRITE + "Post.objects.filter(slug='a-walk').update(title='By SQL')")

    assert "anew" in server.manage("purge_pages")

    until(lambda: "By SQL" in server.ask("/post/a-walk/")[1], "the page to be made anew")


def test_a_scheduled_post_appears(server):
    def is_not_yet_there(seconds: int) -> bool:
        """On a busy machine two seconds may be over before one can look."""
        when = f"published_at=timezone.now() + timedelta(seconds={seconds})"
        server.run(WRITE + f"make_post(title='Soon', slug='soon-{seconds}', {when})")
        return server.ask(f"/post/soon-{seconds}/")[0] == 404

    path = next(f"/post/soon-{seconds}/" for seconds in (2, 10, 40) if is_not_yet_there(seconds))

    until(lambda: server.ask(path)[0] == 200, "the post's time", 60)
    assert path in server.ask("/")[1]


def test_views_are_written_when_the_server_stops(server):
    for _reader in range(3):
        get(server, "/post/a-walk/", user_agent=BROWSER)
    get(server, "/post/a-walk/", user_agent="curl/8")
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(30)
    server.process = None

    assert server.run(WRITE + "print(Post.objects.get(slug='a-walk').n_views)") == "3"
    server.start()
    assert "Traceback" not in server.log.read_text()
