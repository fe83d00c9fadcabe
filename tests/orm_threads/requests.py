"""An ASGI application, asked without a server, and what it does on the pool's threads."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async

from frodo.orm_threads import OrmPool, OrmThreads

PATIENCE = 20
"""Seconds before a test gives up on what should happen at once."""


class CountingPool(OrmPool):
    n_hops = 0

    def submit(self, *args, **kwargs):
        future = super().submit(*args, **kwargs)
        self.n_hops += 1
        return future


@dataclass
class Answer:
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    n_parts: int = 0

    def __getitem__(self, name: str) -> str | None:
        return dict(self.headers).get(name.lower())


async def ask(
    app, path: str = "/", *, method: str = "GET", body: bytes = b"", gone: asyncio.Event | None = None, **headers
):
    """The answer. `gone`: when the reader leaves."""
    path, _, query = path.partition("?")
    headers = {"host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 4000),
        "server": ("127.0.0.1", 80),
    }
    asked = [{"type": "http.request", "body": body, "more_body": False}]
    gone = gone or asyncio.Event()
    answer = Answer()

    async def receive():
        if asked:
            return asked.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            answer.body += message.get("body", b"")
            answer.n_parts += 1

    async with asyncio.timeout(PATIENCE):
        await asyncio.create_task(app(scope, receive, send))  # as a server does: a task for each
    return answer


def run(pool: OrmPool, action: Callable[[], Awaitable]):
    """`deed` as a request on the pool; its result."""
    return asyncio.run(request(pool, action))


async def request(pool: OrmPool, action: Callable[[], Awaitable]):
    results = []

    async def app(scope, receive, send):
        results.append(await action())

    async with asyncio.timeout(PATIENCE):
        await asyncio.create_task(OrmThreads(app, pool)({"type": "http"}, None, None))
    return results[0]


async def until(look: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not look():  # noqa: ASYNC110 - threads set no asyncio.Event
            await asyncio.sleep(0.005)


class Door:
    """Keeps those who enter waiting inside, and counts them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = self.most = 0
        self.is_open = threading.Event()

    def enter(self) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.is_open.wait(PATIENCE), "Nobody opened the door."
        with self.lock:
            self.inside -= 1

    async def has(self, n: int) -> None:
        await until(lambda: self.inside == n)


hop = sync_to_async
