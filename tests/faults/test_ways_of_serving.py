"""Whoever starts the site as we say, by `make run` or by systemd, has limits on what clients may do."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.databases import create_tables
from tests.server import ROOT, free_port, until
from tests.systemd import listening_socket, service_options


@contextmanager
def as_systemd() -> Iterator[tuple[list[str], int, tuple[int, ...]]]:
    """The command, the port, and the file descriptors that it inherits; systemd would pass the socket as number 3."""
    with listening_socket() as listening:
        fd = listening.fileno()
        command = [sys.executable, "-m", "uvicorn", "frodo.asgi:application", "--fd", str(fd), *service_options()]
        yield command, listening.getsockname()[1], (fd,)


@contextmanager
def as_make_run() -> Iterator[tuple[list[str], int, tuple[int, ...]]]:
    port = free_port()
    yield [sys.executable, "manage.py", "serve", "127.0.0.1", str(port)], port, ()


@pytest.fixture(scope="module", params=[as_systemd, as_make_run])
def port(request, tmp_path_factory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("site")
    environment = {"DATA_DIR": str(folder), "DEBUG": "true", "CLIENT_SECONDS": "1", "PYTHONPATH": str(ROOT)}
    environment |= {"DJANGO_SETTINGS_MODULE": "frodo.settings", "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3"}
    create_tables(os.environ | environment)  # a socket is closed at once where there are none
    with request.param() as (command, port, fds), (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment | {"REDIS_URL": ""}, stdout=log, stderr=log, pass_fds=fds
        )

        def answers() -> bool:
            assert server.poll() is None, (folder / "log").read_text()
            try:
                return said_to(port, START + b"\r\n").startswith(b"HTTP/1.1 200 ")
            except ConnectionRefusedError:
                return False

        try:
            until(answers, "the server to start", 60)
            yield port
        finally:
            server.kill()
            server.wait()


def said_to(port: int, *parts: bytes) -> bytes:
    """All that is answered until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        for part in parts:
            line.sendall(part)
        answer = b""
        while received := line.recv(65536):
            answer += received
        return answer


START = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
KB = 1024


def test_half_a_request_has_an_end(port):
    assert said_to(port, b"GET / HTTP/1.1\r\nHost: local").startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "parts",
    [
        (START, b"a:b\r\n" * (1024 * KB), b"\r\n"),
        (START + b"a: ", *[b"x" * 100 * KB] * 100),
        (b"GET /", *[b"x" * 100 * KB] * 100),
        (START, b"x: " + b"y" * (64 * KB) + b"\r\n\r\n"),
    ],
    ids=["4 MB of short headers", "one header without an end", "a URL without an end", "a little over 64 KB"],
)
def test_a_header_section_above_64_kb_is_refused(port, parts):
    answer = said_to(port, *parts)

    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    head, text = answer.split(b"\r\n\r\n")
    assert b"content-length: %d" % len(text) in head


@pytest.mark.parametrize(
    "parts",
    [
        (START, b"x: " + b"y" * (60 * KB) + b"\r\n\r\n"),
        (START, *[b"x%d: %s\r\n" % (n, b"y" * KB) for n in range(60)], b"\r\n"),
    ],
    ids=["one header", "sixty headers"],
)
def test_up_to_there_it_is_taken(port, parts):
    assert said_to(port, *parts).startswith(b"HTTP/1.1 200 ")


def test_the_header_section_of_a_long_body_is_not_its_body(port):
    head = b"POST /nothing/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n" % (300 * KB)

    answer = said_to(port, head[:30], head[30:] + b"\r\n" + b"x" * (150 * KB), b"x" * (150 * KB))

    assert not answer.startswith(b"HTTP/1.1 431 ")
    assert answer.startswith(b"HTTP/1.1 40")


@pytest.mark.parametrize(
    "parts",
    [
        (b"0\r\n", *[b"a: " + b"x" * KB + b"\r\n"] * 10_000),
        (b"0\r\na: ", *[b"x" * 100 * KB] * 300),
        (b"1;a=", *[b"x" * 100 * KB] * 300),
    ],
    ids=["trailers", "one trailer without an end", "a chunk extension without an end"],
)
def test_what_follows_a_body_has_the_same_limit(port, parts):
    head = b"POST /nothing/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"

    try:
        answer = said_to(port, head, *parts)
    except ConnectionError:  # closed at once, if the body was still being answered
        return
    assert answer.endswith(b"is larger than 64 KB.\n")


@pytest.mark.parametrize(
    "frames",
    [
        bytes([0x01, 0xFE, 4, 0]) + bytes(4) + b"x" * KB + bytes([0x00, 0x81]) + bytes(4) + b"x",
        bytes([0x01, 0x80]) + bytes(4) + (bytes([0x00, 0x80]) + bytes(4)) * 1000,
    ],
    ids=["1 KB and 1 byte in fragments", "a thousand empty fragments"],
)
def test_a_websocket_message_is_no_longer_than_1_kb(port, frames):
    """As fragments without an end: the server would keep what came so far."""
    handshake = (
        b"GET /ws/activities/ HTTP/1.1\r\nHost: localhost:%d\r\nOrigin: http://localhost:%d\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ) % (port, port)

    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.sendall(handshake)
        answer = line.recv(65536)
        assert answer.startswith(b"HTTP/1.1 101 ")
        line.sendall(frames)
        while received := line.recv(65536):
            answer += received

    assert (1009).to_bytes(2) in answer
