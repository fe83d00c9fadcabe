"""How pictures leave the house, and how much comes in: on a real server."""

import contextlib
import http.client
import socket
import time
from pathlib import Path

import pytest

from tests.media.sample_images import picture
from tests.server import Server

STORE = """
from blog.media.services import store
import sys
print(store(bytes.fromhex("{data}"), user=None).url)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("served"), UPLOAD_MAX_MB="1", JOBS_POLL_SECONDS="0.1") as server:
        yield server


def get(server: Server, path: str, **headers: str) -> tuple[int, dict, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif"])
def test_a_picture_is_looked_at_and_kept_for_ever(server, kind):
    url = server.run(STORE.format(data=picture(kind, 20, 20).hex())).splitlines()[-1]

    status, headers, body = get(server, url)

    assert status == 200
    assert len(body) == int(headers["content-length"])
    assert headers["content-type"] == f"image/{kind}"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


def test_what_has_a_name_of_its_own_may_change(server):
    media = Path(server.environment["MEDIA_ROOT"])
    (media / "imported").mkdir(parents=True, exist_ok=True)
    (media / "imported" / "x.png").write_bytes(picture())

    assert "immutable" not in get(server, "/media/imported/x.png")[1]["cache-control"]


def test_a_name_that_is_not_there(server):
    assert get(server, "/media/uploads/ab/" + "ab" * 16 + ".png")[0] == 404
    assert get(server, "/media/uploads/")[0] == 404
    assert get(server, "/media/uploads/%2e%2e/%2e%2e/db.sqlite3")[0] == 404


def say(server: Server, head: str, body: bytes = b"") -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall(head.encode() + b"\r\n\r\n")
        with contextlib.suppress(OSError):
            line.sendall(body)
        heard = b""
        while part := line.recv(65_536):
            heard += part
        return heard


def test_a_file_that_is_far_too_large_is_not_waited_for(server):
    head = "POST /api/uploads/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\nExpect: 100-continue"

    began = time.monotonic()
    heard = say(server, head)

    assert heard.startswith(b"HTTP/1.1 413")
    assert b'{"error": {"code": "too_large"' in heard
    assert time.monotonic() - began < 10


def test_whoever_sends_a_little_too_much_hears_why(server):
    head = "POST /api/uploads/ HTTP/1.1\r\nHost: localhost\r\nAccept-Language: zh-hans\r\nContent-Length: 7000000"

    heard = say(server, head, bytes(7_000_000))

    assert heard.startswith(b"HTTP/1.1 413")
    assert b'"code": "too_large"' in heard


def test_a_length_that_is_not_told_ends_too(server):
    head = "POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"

    heard = say(server, head, chunk * 6 + b"0\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 413")
    assert b"limit is 5 MB" in heard


def test_an_ordinary_form_is_taken_as_ever(server):
    assert server.ask("/api/posts/nothing/comments/", {"text": "x" * 100_000, "name": "Bob"})[0] == 404
