"""Clients that stop in the middle, or read nothing: they are let go in time, with what they held."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from tests.faults.page import OpenPage
from tests.faults.sockets import connected, opened
from tests.process import MB, memory, n_clients
from tests.server import Server, until

MAKE_POST = "from tests.factories import make_post; print(make_post(title='A walk').pk)"
COMMENTS = "/api/posts/a-walk/comments/"
SMALL = 2048
"""Bytes of a client's buffer: little is on the way, the rest waits at the server."""
SOON = 60
"""Seconds; by itself it takes ten."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slow")
    pings = ("--ws-ping-interval", "1", "--ws-ping-timeout", "3")
    with Server(folder, *pings, CLIENT_SECONDS="1", COMMENT_MAX_LENGTH="200000", REDIS_URL="") as server:
        yield server


@pytest.fixture(scope="module")
def post_id(server) -> int:
    return int(server.run(MAKE_POST))


def say(server: Server, text: str) -> None:
    assert server.ask(COMMENTS, {"text": text, "name": "Bob"})[0] == 201


@pytest.mark.quality
@pytest.mark.parametrize(("n", "length"), [(200, 10_000), (40, 100_000)], ids=["many comments", "long comments"])
def test_a_socket_that_reads_nothing(server, post_id, n, length):
    """Many: more frames wait than may. Long: the lines are full, and the ping is not answered."""

    def told(n_deaf: int) -> int:
        """Memory after all was said, and the deaf were let go."""
        since = server.ask("/api/posts/a-walk/events/")[1]["n"]
        with OpenPage(server, "a-walk", post_id, since) as reader, ExitStack() as deaf:
            until(lambda: reader.n_sockets, "the reader's socket")
            for _ in range(n_deaf):
                deaf.enter_context(opened(server, post_id, SMALL))

            with ThreadPoolExecutor(4) as writers:
                list(writers.map(lambda k: say(server, f"{n_deaf} {k} " + "word " * (length // 5)), range(n)))

            until(lambda: reader.last == since + n, "the reader to have heard all", SOON)
            assert reader.numbers == list(range(since + 1, since + n + 1))
            until(lambda: n_clients(server) <= 1, "the deaf to be let go", SOON)
        return memory(server)

    by_itself = told(0)
    assert told(50) < by_itself + 100 * MB  # what was said to all of them is two times that and more


HEADER = b"GET / HTTP/1.1\r\nHost: local"
BODY = (
    b"POST /api/posts/a-walk/comments/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b'Content-Length: 1000\r\n\r\n{"text": "half'
)
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


HALVES = {
    "nothing": b"",
    "next to nothing": b"\r\n",
    "a header": HEADER,
    "a body": BODY,
    "nothing more": WHOLE + b"\r\n",
    "a second header": WHOLE + HEADER,
    "a second body": WHOLE + BODY,
}


def test_half_a_request(server, post_id):
    with ExitStack() as lines:
        asked = {name: lines.enter_context(connected(server)) for name in HALVES}
        for name, sent in HALVES.items():
            asked[name].sendall(sent)
        said = {name: everything(raw) for name, raw in asked.items()}

    for name, sent in HALVES.items():
        answers = ["200 OK"] * (WHOLE in sent) + ["408 Request Timeout"] * (HEADER in sent or BODY in sent)
        assert re.findall(r"HTTP/1.1 (.+)\r", said[name].decode()) == answers, name


def test_a_header_that_trickles(server):
    with connected(server) as raw, suppress(ConnectionError):
        raw.sendall(HEADER)
        raw.settimeout(0.1)

        def is_cut() -> bool:
            raw.sendall(b"x")
            with suppress(TimeoutError):
                return raw.recv(1000) == b"" or is_cut()
            return False

        until(is_cut, "an end to it", SOON)


def test_answers_that_nobody_takes(server, post_id):
    with connected(server, SMALL) as raw:
        raw.sendall(b"GET /post/a-walk/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 2000)
        until(lambda: n_clients(server) == 1, "the connection")

        until(lambda: not n_clients(server), "it to be cut", SOON)


def everything(raw: socket.socket) -> bytes:
    said = b""
    raw.settimeout(SOON)
    while more := raw.recv(65536):
        said += more
    return said
