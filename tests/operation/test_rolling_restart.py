"""Two workers behind nginx are restarted one after the other, while people read, write and listen."""

import asyncio
import json
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live.test_post_and_hear import MAKE_POST
from tests.live.test_through_nginx import Nginx
from tests.operation.test_proxies import need
from tests.redis import Redis
from tests.server import Server, until
from tests.systemd import service_options

PAGES = 500
READERS = 4


@pytest.fixture
def site(tmp_path) -> Iterator[tuple[Server, Nginx, int]]:
    need("nginx")
    with ExitStack() as opened:
        redis = opened.enter_context(Redis(tmp_path))
        options = [*service_options(), "--workers", "2"]
        server = opened.enter_context(Server(tmp_path, *options, TRUSTED_PROXIES="127.0.0.1", REDIS_URL=redis.url))
        opened.callback(end, server)
        nginx = opened.enter_context(Nginx(tmp_path, server))
        yield server, nginx, int(server.run(MAKE_POST))


def end(server: Server) -> None:
    """Without it the workers would outlive a parent that is killed."""
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(60)


def workers(server: Server) -> set[int]:
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}


class OpenPage:
    """As static/js/websocket_client.js: returns with jitter, says its last number."""

    def __init__(self, host: str, post: int) -> None:
        self.host, self.post = host, post
        self.numbers: list[int] = []
        self.n = 0
        self.returns = self.failed = 0
        self.is_open = False

    async def listen(self) -> None:
        failures = 0
        while True:
            try:
                url = f"ws://{self.host}/ws/posts/{self.post}/?since={self.n}"
                async with connect(url, origin=f"http://{self.host}", compression=None, open_timeout=60) as socket:
                    failures = 0
                    async for text in socket:
                        self.take(json.loads(text))
            except InvalidStatus:
                self.failed += 1
            except (ConnectionClosed, OSError):
                pass
            self.is_open = False
            self.returns += 1
            failures += 1
            await asyncio.sleep(0.5 + random.random() * min(30, 4.5 * 2 ** (failures - 1)))

    def take(self, frame: dict) -> None:
        assert frame["type"] != "reset"
        if frame["type"] == "hello":
            self.is_open = True
        elif "n" in frame:
            self.numbers.append(frame["n"])
            self.n = max(self.n, frame["n"])


class Pages:
    """Open pages on an event loop of their own."""

    def __init__(self, host: str, post: int, n: int) -> None:
        self.pages = [OpenPage(host, post) for _ in range(n)]

    def __enter__(self) -> "Pages":
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.listen(),))
        self.thread.start()
        until(self.all_open, "all pages to be open", 120)
        return self

    def __exit__(self, *exception) -> None:
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join()
        self.loop.close()

    def all_open(self) -> bool:
        return all(page.is_open for page in self.pages)

    async def listen(self) -> None:
        self.end = asyncio.Event()
        tasks = [asyncio.create_task(page.listen()) for page in self.pages]
        await self.end.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def ask(connection: HTTPConnection, method: str, path: str, data: dict | None = None) -> int:
    body = None if data is None else json.dumps(data)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


@pytest.mark.quality
def test_no_request_fails_and_no_event_is_lost(site, record_property):
    server, nginx, post = site
    read, written, done = Counter(), Counter(), threading.Event()

    def reader() -> None:
        with closing(HTTPConnection(nginx.host, timeout=60)) as connection:
            for n in count():
                if done.wait(0.01):
                    return
                path = "/post/a-walk/" if n % 2 else f"/search/?q=word{n}"  # every other one past the cache
                read[ask(connection, "GET", path)] += 1

    def writer() -> None:
        with closing(HTTPConnection(nginx.host, timeout=60)) as connection:
            for n in count():
                if done.wait(0.05):
                    return
                comment = {"text": f"Number {n}", "name": "Bob"}
                written[ask(connection, "POST", "/api/posts/a-walk/comments/", comment)] += 1

    with Pages(nginx.host, post, PAGES) as open_pages, ThreadPoolExecutor(READERS + 1) as people:
        work = [*(people.submit(reader) for _ in range(READERS)), people.submit(writer)]
        try:
            until(lambda: written[201] > 5, "comments")
            former = workers(server)
            server.process.send_signal(signal.SIGHUP)  # as `systemctl reload frodo`
            until(lambda: len(workers(server)) == 2 and not former & workers(server), "new workers", 150)
            before = written[201]
            until(lambda: open_pages.all_open() and written[201] > before + 5, "all pages to be back", 120)
        finally:
            done.set()
        for each in work:
            each.result()
        last = written[201]
        until(lambda: all(page.n == last for page in open_pages.pages), "the last event everywhere", 60)

    pages = open_pages.pages
    assert set(read) == {200}
    assert set(written) == {201}
    assert [page.numbers for page in pages if page.numbers != list(range(1, last + 1))] == []
    assert sum(page.returns for page in pages) >= PAGES
    assert sum(page.failed for page in pages) == 0
    record_property(
        "figure",
        f"rolling restart: {read.total()} pages read, {last} comments written, {PAGES} open pages returned "
        f"{sum(page.returns for page in pages)} times; 0 failed, 0 lost, 0 doubled",
    )
