"""A soak: readers, comments, searches, and open pages that come and go; whether memory or descriptors grow.

    python -m benchmarks.soak [minutes]

Writes the curve to docs/plots/soak.svg. Exits with 1 if something grows after five minutes, a request fails, or the
server logs a warning.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks.live import UNLIMITED, memory_of, pin
from benchmarks.serving import OURS, Server, environment, manage, running
from docs.plots import FOLDER, curves

N_POSTS, N_DISCUSSED, N_PAGES = 50, 5, 300
READS, SEARCHES, COMMENTS, TURNOVER = 100, 5, 1, 5
"""A second; of open pages, so many close and others open."""
READERS = 4
SAMPLE_SECONDS = 5
SETTLED = 5 * 60
"""Seconds after which nothing may grow: each page was in memory, and each discussion longer than a page shows."""
MOST_GROWTH = 0.05
"""Of memory, from five minutes on to the end, by a straight line through the samples."""
MOST_FILES = 5
"""By how many descriptors, without those of clients, the highest of the last third may exceed that of the first."""
SEED = f"""
from tests.factories import make_post
for n in range({N_POSTS}):
    print(make_post(title=f"Walk {{n}}", days_ago=n + 1, text="We walked along the river. " * 200).pk)
"""


@dataclass
class Sample:
    seconds: float
    memory: int
    """Bytes."""
    files: int
    """Descriptors, without those of clients."""
    clients: int


@dataclass
class Load:
    port: int
    posts: list[int]
    statuses: Counter = field(default_factory=Counter)
    n_events: int = 0
    n_opened: int = 0
    pages: set[asyncio.Task] = field(default_factory=set)

    async def every(self, per_second: float, act: Callable[[int], Awaitable[None]]) -> None:
        """At its times, whether or not the server keeps up."""
        began = time.monotonic()
        for n in count():
            await asyncio.sleep(max(0, began + n / per_second - time.monotonic()))
            await act(n)

    async def ask_always(self, per_second: float, question: Callable[[int], tuple[str, str, bytes]]) -> None:
        reader = writer = None

        async def ask(n: int) -> None:
            nonlocal reader, writer
            method, path, body = question(n)
            if writer is None or writer.is_closing():
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            language = random.choice(("en", "zh-CN"))
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {language}\r\nAccept-Encoding: br\r\n"
            )
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            self.statuses[method, int(answer[9:12])] += 1
            await reader.readexactly(int(re.search(rb"content-length: (\d+)", answer)[1]))
            if b"connection: close" in answer:
                writer.close()

        await self.every(per_second, ask)

    async def open_page(self) -> None:
        post = random.choice(self.posts[:N_DISCUSSED])
        self.n_opened += 1
        url = f"ws://localhost:{self.port}/ws/posts/{post}/"  # from now on, as a page that was just loaded
        try:
            async with connect(url, origin="http://localhost", compression=None) as socket:
                async for _frame in socket:
                    self.n_events += 1
        except (OSError, WebSocketException) as error:
            self.statuses["websocket", type(error).__name__] += 1

    async def turn_over(self, n: int) -> None:
        if len(self.pages) >= N_PAGES:
            self.pages.pop().cancel()
        task = asyncio.create_task(self.open_page())
        self.pages.add(task)
        task.add_done_callback(self.pages.discard)

    async def run(self, seconds: float, take: Callable[[], None]) -> None:
        def read(n: int) -> tuple[str, str, bytes]:
            paths = ["/", "/archives/", "/atom.xml", f"/api/posts/walk-{n % N_POSTS}/comments/", "/api/me/"]
            return "GET", random.choice([f"/post/walk-{n % N_POSTS}/"] * 10 + paths), b""

        def search(n: int) -> tuple[str, str, bytes]:
            return "GET", f"/search/?q=river+{random.randrange(10**6)}", b""

        def comment(n: int) -> tuple[str, str, bytes]:
            body = {"text": f"Number {n}, {random.random()}", "name": "Bob"}
            return "POST", f"/api/posts/walk-{n % N_DISCUSSED}/comments/", json.dumps(body).encode()

        work = [self.ask_always(READS / READERS, read) for _ in range(READERS)]
        work += [self.ask_always(SEARCHES, search), self.ask_always(COMMENTS, comment)]
        for _ in range(N_PAGES):
            await self.turn_over(0)
        tasks = [asyncio.create_task(each) for each in (*work, self.every(TURNOVER, self.turn_over))]
        began = time.monotonic()
        for n in count(1):
            done, _ = await asyncio.wait(tasks, timeout=max(0, began + n * SAMPLE_SECONDS - time.monotonic()))
            take()
            if done or time.monotonic() - began >= seconds:
                break
        for task in (*tasks, *self.pages):
            task.cancel()
        results = await asyncio.gather(*tasks, *self.pages, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                raise error


def files_of(server: Server) -> tuple[int, int]:
    """Descriptors of the server, without and of connections of clients."""
    pid, port = server.process.pid, f":{server.port:04X}"
    lines = (line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:])
    clients = {f"socket:[{fields[9]}]" for fields in lines if fields[1].endswith(port) and fields[3] != "0A"}
    names = []
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            names.append(str(file.readlink()))
    n_clients = sum(name in clients for name in names)
    return len(names) - n_clients, n_clients


def soak(minutes: float) -> tuple[list[Sample], Load, str]:
    with TemporaryDirectory() as name, ExitStack() as stack:
        log = Path(name) / "log"
        env = environment(Path(name), **UNLIMITED, PAGE_CACHE_MB="8")  # full of search pages within five minutes
        manage(env, "migrate", "--verbosity", "0")
        posts = [int(line) for line in manage(env, "shell", "--verbosity", "0", "--command", SEED).split()]
        errors = stack.enter_context(log.open("wb"))
        server = stack.enter_context(running(env, *OURS, "--port", "PORT", "frodo.asgi:application", stderr=errors))
        pin(server, server)
        load, samples, began = Load(server.port, posts), [], time.monotonic()

        def take() -> None:
            files, clients = files_of(server)
            samples.append(Sample(time.monotonic() - began, memory_of(server), files, clients))

        asyncio.run(load.run(minutes * 60, take))
        return samples, load, log.read_text()


def growth(samples: list[Sample]) -> float:
    """Of memory over these samples, as a fraction of its mean, by a least-squares line."""
    n = len(samples)
    mean_at = sum(sample.seconds for sample in samples) / n
    mean = sum(sample.memory for sample in samples) / n
    slope = sum((sample.seconds - mean_at) * (sample.memory - mean) for sample in samples)
    slope /= sum((sample.seconds - mean_at) ** 2 for sample in samples) or 1
    return slope * (samples[-1].seconds - samples[0].seconds) / mean


def faults(samples: list[Sample], load: Load, log: str) -> list[str]:
    found = [f"{n} x {method} {status}" for (method, status), n in load.statuses.items() if status not in (200, 201)]
    found += [
        f"in the log: {line}" for line in re.findall(r"^.*(?:WARNING|ERROR|Traceback).*$", log, re.MULTILINE)[:10]
    ]
    settled = [sample for sample in samples if sample.seconds >= SETTLED]
    if len(settled) >= 6:
        third = len(settled) // 3
        first, last = settled[:third], settled[-third:]
        if (grown := growth(settled)) > MOST_GROWTH:
            found.append(f"memory grew by {grown:.1%} after five minutes")
        more = max(sample.files for sample in last) - max(sample.files for sample in first)
        if more > MOST_FILES:
            found.append(f"{more} more descriptors in the last third than in the first")
    return found


def picture(samples: list[Sample], what: str) -> str:
    def curve(value: Callable[[Sample], float]) -> dict[str, list[tuple[float, float]]]:
        return {"": [(sample.seconds / 60, value(sample)) for sample in samples]}

    panels = [
        ("Memory, MB", curve(lambda sample: sample.memory / 2**20)),
        ("Descriptors without those of clients", curve(lambda sample: sample.files)),
        ("Connections of clients", curve(lambda sample: sample.clients)),
    ]
    return curves(what, "minutes", panels)


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    samples, load, log = soak(minutes)
    answered = {
        method: sum(n for (each, _), n in load.statuses.items() if each == method) for method in ("GET", "POST")
    }
    settled = [sample for sample in samples if sample.seconds >= SETTLED]
    what = (
        f"{minutes:g} minutes: {answered['GET']:,} reads, {answered['POST']:,} comments, {load.n_opened:,} websockets "
        f"opened, {load.n_events:,} events; memory {samples[-1].memory / 2**20:.0f} MB at the end"
    )
    what += f", {growth(settled):+.1%} after five minutes" if len(settled) > 1 else ""
    (FOLDER / "soak.svg").write_text(picture(samples, what), encoding="utf-8")
    print(what)
    found = faults(samples, load, log)
    print(*found, sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
