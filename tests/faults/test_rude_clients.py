"""Clients that send nonsense, say nothing, read nothing or come in thousands: the server goes on, and forgets them."""

import os
import random
import resource
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from tests.faults.sockets import BINARY, PING, TEXT, connected, framed, handshake, opened, said_until_closed
from tests.process import MB, memory, n_clients
from tests.server import Server, until

MAKE_POST = "from tests.factories import make_post; print(make_post(title='A walk').pk)"
COMMENTS = "/api/posts/a-walk/comments/"


@pytest.fixture(scope="module")
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            f"A process may open no more than {hard} files here."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def server(many_files, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("rude"), COMMENT_MAX_LENGTH="100000", REDIS_URL="") as server:
        yield server


@pytest.fixture(scope="module")
def post_id(server) -> int:
    return int(server.run(MAKE_POST))


@pytest.fixture(autouse=True)
def _it_serves_afterwards(server, post_id):
    for path in ("/", "/post/a-walk/", "/readyz"):
        assert server.ask(path)[0] == 200
    yield
    for path in ("/", "/post/a-walk/", "/readyz"):
        assert server.ask(path)[0] == 200
    until(lambda: not n_clients(server), "its sockets to be closed", 60)


def cut(raw: socket.socket) -> None:
    """As one whose cable is pulled: no goodbye."""
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()


HALVES = [
    b"",
    b"GET / HT",
    b"GET /post/a-walk/ HTTP/1.1\r\nHost: local",
    b"POST /api/posts/a-walk/comments/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b'Content-Length: 1000\r\n\r\n{"text": "half',
    b"GET /ws/posts/1/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgr",
]


@pytest.mark.quality
def test_half_a_request_and_silence(server):
    with ExitStack() as silent:
        for n in range(200):
            raw = silent.enter_context(connected(server))
            raw.sendall(HALVES[n % len(HALVES)])

        assert server.ask("/")[0] == 200
        assert server.ask(COMMENTS, {"text": "Among the silent", "name": "Bob"})[0] == 201


@pytest.mark.quality
def test_two_thousand_that_come_and_go(server, post_id):
    def crowd() -> int:
        with ExitStack() as sockets:
            with ThreadPoolExecutor(8) as people:
                for raw in people.map(lambda _: opened(server, post_id), range(2000)):
                    sockets.callback(cut, raw)
            assert n_clients(server) >= 2000
        until(lambda: not n_clients(server), "the sockets to be closed", 60)
        return memory(server)

    first = crowd()
    assert crowd() < first + 10 * MB


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (framed(b"x" * 1000), 1009),
        (framed(b"x" * 100_000, BINARY), 1009),
        (framed(b"x" * 1000, length=17 * 1024 * 1024), 1009),
        (framed(b"", length=2**63 - 1), 1009),
        (framed(b"x" * 126, PING), 1002),
    ],
    ids=["1 kB", "100 kB", "says 17 MB", "says 2^63", "a long ping"],
)
def test_frames_too_large(server, post_id, frame, code):
    before = memory(server)
    raw = opened(server, post_id)

    raw.sendall(frame)

    assert said_until_closed(raw)[1] == code
    assert memory(server) < before + 10 * MB


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_another_sites_page_is_not_let_in(server, post_id, origin):
    with connected(server) as raw:
        raw.sendall(handshake(server, post_id, origin))

        assert raw.recv(100).startswith(b"HTTP/1.1 403")


def some_frame(chance: random.Random) -> bytes:
    payload = chance.randbytes(chance.choice([0, 1, 4, 60, 125, 126, 1000]))
    kind = chance.randrange(6)
    if kind == 0:
        return framed(b"ping")
    if kind == 1:
        return framed(payload[:125], PING, mask=chance.randbytes(4))
    if kind == 2:
        return framed(payload, chance.choice([TEXT, BINARY]), mask=chance.randbytes(4))
    if kind == 3:
        return framed(payload, chance.randrange(16), mask=chance.randbytes(4))
    if kind == 4:
        return framed(payload, TEXT, length=chance.randrange(2**63))
    return chance.randbytes(chance.randrange(1, 200))


def test_ten_thousand_random_frames(server, post_id):
    def speak(seed: int) -> None:
        chance = random.Random(seed)
        raw = opened(server, post_id)
        with suppress(ConnectionError):  # it has had enough
            for _ in range(10):
                raw.sendall(some_frame(chance))
        cut(raw)

    def all_speak(first: int) -> int:
        with ThreadPoolExecutor(8) as people:
            list(people.map(speak, range(first, first + 500)))
        return memory(server)

    half = all_speak(0)
    assert all_speak(500) < half + 10 * MB
    assert "Exception in ASGI application" not in server.log.read_text()
