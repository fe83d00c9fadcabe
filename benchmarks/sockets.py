"""Open pages: thousands of websockets held by one epoll loop, so that the client costs little beside the server."""

import select
import socket
import time
from contextlib import contextmanager, suppress
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

HELD_BACK = 500
"""Files that client and server need for other things."""


def room_for(n: int) -> int:
    """Raise the limit of open files, for us and the servers we start; how many of n sockets it allows."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = n + HELD_BACK
    if soft < wanted:
        with suppress(ValueError, OSError):
            setrlimit(RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
    return min(n, getrlimit(RLIMIT_NOFILE)[0] - HELD_BACK)


class Pages:
    """n open pages of one post."""

    def __init__(self, port: int, path: str, n: int) -> None:
        self.epoll = select.epoll()
        self.open: dict[int, socket.socket] = {}
        self.seen: dict[int, bytes] = {}
        hello = (
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        for start in range(0, n, 100):
            for _ in range(min(100, n - start)):
                opened = socket.create_connection(("127.0.0.1", port), 30)
                opened.sendall(hello)
                opened.setblocking(False)
                self.open[opened.fileno()] = opened
                self.seen[opened.fileno()] = b""
                self.epoll.register(opened.fileno(), select.EPOLLIN)
            fresh = list(self.open)[start:]
            self.hear(lambda fresh=fresh: all(self.is_greeted(file) for file in fresh), 30)
        for file in self.seen:
            assert self.seen[file].startswith(b"HTTP/1.1 101"), self.seen[file]

    def is_greeted(self, file: int) -> bool:
        """The handshake and the first frame, whole."""
        _, separator, frame = self.seen[file].partition(b"\r\n\r\n")
        return bool(separator) and len(frame) > 1 and len(frame) >= 2 + frame[1]

    def hear(self, is_enough, seconds: float) -> None:
        """Read until it is enough."""
        end = time.perf_counter() + seconds
        while not is_enough():
            assert time.perf_counter() < end, "Not all was heard in time."
            for file, _events in self.epoll.poll(0.05):
                self.seen[file] += self.open[file].recv(65536)

    def forget(self) -> None:
        for file in self.seen:
            self.seen[file] = b""

    def time_of(self, ask: socket.socket, question: bytes, mark: bytes, patience: float = 20) -> dict:
        """Ask, and read until each page has seen the mark: seconds until the answer, the first and the last page."""
        self.forget()
        waiting = set(self.open)
        answer, first, last = None, None, None
        said = b""
        ask.setblocking(True)
        self.epoll.register(ask.fileno(), select.EPOLLIN)
        began = time.perf_counter()
        ask.sendall(question)
        while (waiting or answer is None) and time.perf_counter() - began < patience:
            for file, _events in self.epoll.poll(0.1, 1024):
                if file == ask.fileno():
                    said += ask.recv(65536)
                    if answer is None and b"\r\n\r\n" in said:
                        answer = time.perf_counter() - began
                    continue
                heard = self.open[file].recv(65536)
                if not heard:  # it was closed: lost
                    self.epoll.unregister(file)
                    continue
                self.seen[file] += heard
                if file in waiting and mark in self.seen[file]:
                    waiting.discard(file)
                    last = time.perf_counter() - began
                    first = first or last
        self.epoll.unregister(ask.fileno())
        status = said.partition(b"\r\n")[0]
        assert b" 20" in status, said[:500]
        return {"answer": answer, "first": first, "last": last, "lost": len(waiting)}

    def close(self) -> None:
        for opened in self.open.values():
            opened.close()
        self.epoll.close()


@contextmanager
def pages(port: int, path: str, n: int):
    opened = Pages(port, path, n)
    try:
        yield opened
    finally:
        opened.close()
