"""A lively discussion: 1,000 open pages on one process, twenty comments a second; how soon all pages have each of them.

python -m benchmarks storm
"""

import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from select import EPOLLIN
from socket import create_connection, socket
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.live import SEED, UNLIMITED, is_busy, memory_of, pin, say, say_raw
from benchmarks.serving import OURS, UVICORN, Server, environment, manage, running
from benchmarks.sockets import Pages, pages, room_for
from benchmarks.table import Row

N_PAGES, PER_SECOND = 1000, 20
PATIENCE = 30
"""Seconds that the last pages are waited for after the last comment."""
MAX_IDLE = 4
"""Seconds after which a connection that was not used is closed and not used again."""
MARK = b"number-"
WORDS = "Not all those who wander are lost. " * 8


class Storm:
    """Comments that leave at their times, whether or not those before have arrived, and the pages that get them."""

    def __init__(self, server: Server, opened: Pages, path: str, bodies: list[bytes]) -> None:
        self.server, self.pages, self.path, self.bodies = server, opened, path, bodies
        self.sent: list[float] = []
        self.accepted: dict[int, float] = {}
        self.refused: set[int] = set()
        self.shown = [0.0] * len(bodies)
        """When the last page so far got it."""
        self.n_shown = [0] * len(bodies)
        self.n_twice = 0
        self.seen = {file: (bytearray(), bytearray(len(bodies))) for file in opened.open}
        self.idle: list[tuple[socket, float]] = []
        """Connections to be used again, and since when nothing was asked over them."""
        self.asking: dict[int, tuple[socket, int, bytearray]] = {}
        self.memory = 0

    def blow(self) -> None:
        poll, began = self.pages.epoll, time.perf_counter()
        look_at, n_had = began, 0
        while n_had < len(self.pages.open) * (len(self.bodies) - len(self.refused)) or self.asking:
            now = time.perf_counter()
            due = began + len(self.sent) / PER_SECOND
            if len(self.sent) == len(self.bodies):
                if now > due + PATIENCE:
                    return
            elif now >= due:
                self.send()
            if now >= look_at:
                self.memory = max(self.memory, memory_of(self.server))
                look_at += 1
            for file, _events in poll.poll(min(0.05, max(0, due - now)), 1024):
                if file in self.asking:
                    self.take_answer(file)
                else:
                    n_had += self.take_frames(file)

    def send(self) -> None:
        n = len(self.sent)
        asking = self.connection()
        body = self.bodies[n]
        self.sent.append(time.perf_counter())
        asking.sendall(
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        self.asking[asking.fileno()] = (asking, n, bytearray())
        self.pages.epoll.register(asking.fileno(), EPOLLIN)

    def connection(self) -> socket:
        """The one used last. uvicorn closes those that were idle for 5 s, just when something may be sent over them."""
        while self.idle:
            asking, since = self.idle.pop()
            if time.perf_counter() - since < MAX_IDLE:
                return asking
            asking.close()
        return create_connection(("127.0.0.1", self.server.port), 10)

    def take_answer(self, file: int) -> None:
        asking, n, said = self.asking[file]
        heard = asking.recv(65536)
        said += heard
        head, ended, body = bytes(said).partition(b"\r\n\r\n")
        assert heard, said
        if ended and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]):
            if head.startswith(b"HTTP/1.1 20"):
                self.accepted[n] = time.perf_counter()
            else:
                self.refused.add(n)
            self.pages.epoll.unregister(file)
            self.idle.append((asking, time.perf_counter()))
            del self.asking[file]

    def take_frames(self, file: int) -> int:
        """Whole frames; how many comments this page has had for the first time."""
        heard = self.pages.open[file].recv(1 << 18)
        if not heard:  # it was closed: what it has not had is lost
            self.pages.epoll.unregister(file)
            return 0
        waiting, had = self.seen[file]
        waiting += heard
        at, n_new, now = 0, 0, time.perf_counter()
        while len(waiting) >= at + 4:
            size, head = waiting[at + 1], 2
            if size > 125:
                head = 4 if size == 126 else 10
                size = int.from_bytes(waiting[at + 2 : at + head])
            if len(waiting) < at + head + size:
                break
            found = waiting.find(MARK, at, at + head + size)
            at += head + size
            if found >= 0:
                n = int(waiting[found + len(MARK) : found + len(MARK) + 6])
                self.n_twice += had[n]
                n_new += not had[n]
                self.n_shown[n] += not had[n]
                had[n], self.shown[n] = 1, now
        del waiting[:at]
        return n_new

    def times(self) -> list[float]:
        """Milliseconds from the first byte of each comment until all pages have it; of those that all have."""
        every = len(self.pages.open)
        return [
            (shown - sent) * 1000
            for shown, sent, n in zip(self.shown, self.sent, self.n_shown, strict=True)
            if n == every
        ]

    def n_lost(self) -> int:
        """Of those that were accepted."""
        return sum(len(self.pages.open) - self.n_shown[n] for n in self.accepted)

    def close(self) -> None:
        for asking, *_rest in (*self.idle, *self.asking.values()):
            asking.close()


def rows(quick: bool = False) -> list[Row]:
    seconds = 8 if quick else 30
    n, n_pages = seconds * PER_SECOND, room_for(N_PAGES)
    with TemporaryDirectory() as name, ExitStack() as stack:
        env = environment(Path(name), **UNLIMITED)
        manage(env, "migrate", "--verbosity", "0")
        key = manage(env, "shell", "--verbosity", "0", "--command", SEED)
        ours = stack.enter_context(running(env, *OURS, "--port", "PORT", "frodo.asgi:application"))
        raw = stack.enter_context(running(env, *UVICORN, "--port", "PORT", "benchmarks.raw_sockets:application"))
        pin(ours, raw)
        with pages(ours.port, f"/ws/posts/{key}/?since=0", 20) as few, pages(raw.port, "/", 20) as theirs:
            say(ours, few, 0)  # everything is imported, the threads have started
            say_raw(raw, theirs, b"x" * 200)
        before = memory_of(ours)
        bodies = [json.dumps({"text": f"{WORDS}\n\nnumber-{i:06}", "name": "Bob"}).encode() for i in range(n)]
        with pages(ours.port, f"/ws/posts/{key}/", n_pages) as opened:
            with_pages, cpu = memory_of(ours), ours.cpu()
            storm = blown(ours, opened, "/api/posts/a-walk/comments/", bodies)
            busy = (ours.cpu() - cpu) / seconds
        with pages(raw.port, "/", n_pages) as opened:
            frames = [f"{WORDS * 3} number-{i:06}".encode() for i in range(n)]
            bare = blown(raw, opened, "/", frames)
        time.sleep(2)  # sockets are being closed
        after = memory_of(ours)
    return [row(storm, bare, n_pages, seconds, busy, [before, with_pages, storm.memory, after])]


def blown(server: Server, opened: Pages, path: str, bodies: list[bytes]) -> Storm:
    opened.forget()
    storm = Storm(server, opened, path, bodies)
    try:
        storm.blow()
    finally:
        storm.close()
    return storm


def row(storm: Storm, bare: Storm, n_pages: int, seconds: int, busy: float, memory: list[int]) -> Row:
    times, raw_times = storm.times(), bare.times()
    p99, raw_p99 = p99_of(times), p99_of(raw_times)
    answered = sorted((at - storm.sent[n]) * 1000 for n, at in storm.accepted.items())
    late = sorted((storm.shown[n] - at) * 1000 for n, at in storm.accepted.items())
    lost, refused = storm.n_lost(), len(storm.refused)
    is_fast = p99 < 100 and not refused
    megabytes = [f"{each / 2**20:.0f}" for each in memory]
    return Row(
        f"{PER_SECOND} comments a second to {n_pages:,} open pages",
        f"p50 {p50_of(times):.0f} ms, p99 {p99:.0f} ms, {lost} lost" + (f", {refused} refused" if refused else ""),
        "raw uvicorn websockets in a loop",
        f"p50 {p50_of(raw_times):.0f} ms, p99 {raw_p99:.0f} ms",
        goal="p99 under 100 ms on an idle machine, 0 lost",
        met=lost == 0 and storm.n_twice == 0 and (is_fast or (is_busy() and "machine not idle")),
        note=f"{seconds} s, {len(storm.bodies)} comments sent at their times, from the first byte of the POST until "
        f"the slowest page has the frame. The writer had the 201 after {p50_of(answered):.0f} ms (p99 "
        f"{p99_of(answered):.0f}); from then until the slowest page had it, p50 {p50_of(late):.0f} ms, "
        f"p99 {p99_of(late):.0f} ms. {storm.n_twice} came twice. The server used {busy * 100:.0f}% of its "
        f"core. Its memory: {megabytes[0]} MB with no page open, {megabytes[1]} with all, {megabytes[2]} at most "
        f"during the storm, {megabytes[3]} after they were closed.",
    )


def p50_of(times: list[float]) -> float:
    return median(times) if times else float("inf")


def p99_of(times: list[float]) -> float:
    return quantiles(times, n=100)[98] if len(times) > 1 else float("inf")


if __name__ == "__main__":
    for each in rows("--quick" in sys.argv):
        print(each)
