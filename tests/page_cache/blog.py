"""A page cache in front of an application that counts how often it is asked."""

import asyncio
from dataclasses import dataclass, field
from time import time

from django.db import OperationalError

from frodo.page_cache import PageCache, State
from frodo.page_cache.versions import Change

TEXT = "<h1>A walk</h1>" + "<p>We walked along the river, and it was long.</p>" * 20
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Book:
    """What the database knows."""

    def __init__(self) -> None:
        self.n = 0
        self.due: float | None = None
        self.is_gone = False
        self.n_asked = 0
        self.views: dict[str, int] = {}

    def state(self, since: float) -> State:
        self.n_asked += 1
        self.need()
        return State(self.n, self.due if self.due is not None and self.due > since else None)

    def add_views(self, views: dict[str, int]) -> None:
        self.need()
        for about, n in views.items():
            self.views[about] = self.views.get(about, 0) + n

    def need(self) -> None:
        if self.is_gone:
            raise OperationalError("gone")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_stale(self) -> bool:
        return "x-frodo-stale" in self.headers

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Blog:
    """The application behind the cache: says what `text` says at the moment it is asked."""

    text: str = TEXT
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict] = field(default_factory=list)
    door: asyncio.Event | None = None
    """While it is closed, whoever asks waits inside."""
    error: Exception | None = None
    book: Book = field(default_factory=Book)

    def __post_init__(self) -> None:
        self.cache = PageCache(self, self.book)

    @property
    def n_asked(self) -> int:
        return len(self.asked)

    async def __call__(self, scope, receive, send) -> None:
        self.asked.append(scope)
        await receive()
        status, headers, text = self.status, self.headers, self.text
        if self.door:
            await self.door.wait()
        if self.error:
            raise self.error
        headers = {"Content-Type": "text/html; charset=utf-8", "Vary": "Accept-Language", **headers}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": text.encode()[:100], "more_body": True})
        await send({"type": "http.response.body", "body": text.encode()[100:]})

    async def get(self, address: str = "/", *, method: str = "GET", scheme: str = "http", **headers: str) -> Answer:
        path, _, query = address.partition("?")
        headers.setdefault("host", "localhost")
        scope = {
            "type": "http",
            "method": method,
            "scheme": scheme,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 7),
        }
        sent: list[dict] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict) -> None:
            sent.append(message)

        await self.cache(scope, receive, send)
        start, *bodies = sent
        said: dict[str, str] = {}
        for name, value in start["headers"]:
            assert name.decode().lower() not in said, f"{name} twice"
            said[name.decode().lower()] = value.decode()
        return Answer(start["status"], said, b"".join(message["body"] for message in bodies))

    def change(self, about: str | None = None, *, is_hard: bool = False) -> None:
        """As a writer in this process does."""
        self.book.n += 1
        self.cache.watch.heard.append(Change(self.book.n, about and (about,), is_hard))

    @property
    def size(self) -> int:
        return self.cache.pages.size + self.cache.guesses.size

    @property
    def n_kept(self) -> int:
        return len(self.cache.pages.entries) + len(self.cache.guesses.entries)


async def until(look, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110 - it looks at what no event tells of
            await asyncio.sleep(0.005)


def in_a_moment() -> float:
    return time() + 0.3
