import asyncio
import logging
from collections import Counter
from contextvars import Context
from time import time

from channels.db import database_sync_to_async
from django.conf import settings

from frodo.page_cache import asking
from frodo.page_cache.entry import Entry, Headers, Variant, is_read
from frodo.page_cache.rendering import TooLarge, anonymous, ask, proxy_header
from frodo.page_cache.shelf import Shelf
from frodo.page_cache.watch import Source, Watch

logger = logging.getLogger(__name__)

ABOUT = "X-Frodo-About"
"""A view says by this header what its page is about; a change of that alone leaves other pages as they are.

A page that says nothing may be about anything. The header does not leave the house.
"""
ABOUT_HEADER = ABOUT.lower().encode()
SETTLING = 1.0
"""Seconds after a change in which a page is made for so long only: other caches may not have heard of it yet."""
PERSONAL = 0
"""The status of an entry that says: ask Django each time."""
NO_BODY = {"type": "http.response.body", "body": b""}

Key = tuple[bytes, bool, str, bytes, str]
"""Host, is it HTTPS, path, known query, language."""


class PageCache:
    """ASGI: pages of shared views from memory, all else from `app`.

    A hit asks nobody: what changes it is brought here by the Watch. Whatever touches the entries runs on the event
    loop, so there is no lock.
    """

    def __init__(self, app, source: Source) -> None:
        self.app = app
        self.source = source
        limit = settings.PAGE_CACHE_MB * 1024 * 1024
        self.is_on = limit > 0
        self.pages = Shelf(limit)
        self.guesses = Shelf(limit // 8)  # anyone can make up such addresses; they must not push out pages
        self.max_body = limit // 16
        self.proxy_header = proxy_header()
        self.flights: dict[Key, asyncio.Task] = {}
        self.n_forgotten, self.forgotten_at = 0, 0.0
        self.watch = Watch(source, self.forget)
        self.views: Counter[str] = Counter()
        self.writing: asyncio.Task | None = None

    async def start(self) -> None:
        if self.is_on:
            self.watch.start()
            await self.watch.look()
        self.start_writing()

    async def stop(self) -> None:
        await self.watch.stop()
        if self.writing:
            self.writing.cancel()
            await asyncio.gather(self.writing, return_exceptions=True)
            self.writing = None
        await self.write_views()

    async def __call__(self, scope: dict, receive, send) -> None:
        method = scope.get("method")  # of a websocket there is none
        if method != "GET" and method != "HEAD":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]):
            headers = asking.joined(scope["headers"])
        cookies = headers.get(b"cookie")
        said = (
            asking.chosen_language(cookies) if cookies else b"",
            headers.get(b"accept-language"),
            headers.get(b"accept-encoding"),
            headers.get(b"user-agent"),
        )
        language, encoding, is_browser = asking.clients.get(said) or asking.client_of(*said)
        secure = scope["scheme"] == "https" if self.proxy_header is None else self.is_secure(scope, headers)
        key = (headers.get(b"host", b""), secure, scope["path"], b"", language)
        entries = self.pages.entries
        entry = entries.get(key)
        watch = self.watch
        if entry is not None and not watch.heard and not scope["query_string"]:
            variant = entry.variants.get(encoding)
            if variant is not None and entry.until > (now := time()) and now < watch.sure_until:
                entries.move_to_end(key)
                if is_browser and entry.is_read and method == "GET" and not asking.is_preparing(headers):
                    self.views[entry.about] += 1
                asked = headers.get(b"if-none-match")
                if asked is not None and entry.status == 200 and variant.is_what(asked):
                    await send(variant.not_modified)
                    await send(NO_BODY)
                    return
                await send(variant.start)
                await send(variant.body if method == "GET" else NO_BODY)
                return
        await self.answer(scope, receive, send, key, headers, encoding)

    # What is not at hand

    def is_secure(self, scope: dict, headers: dict[bytes, bytes]) -> bool:
        name, https = self.proxy_header
        if name in headers:
            return headers[name].split(b",")[0].strip() == https
        return scope["scheme"] == "https"

    async def answer(self, scope: dict, receive, send, key: Key, headers: dict, encoding: str) -> None:
        host, secure, path, _, language = key
        shared = asking.parameters_of(path) if len(path) <= asking.MAX_ADDRESS else None
        if shared is None:
            await self.app(scope, receive, send)
            return
        self.start_writing()
        query = asking.known_query(scope["query_string"], shared)
        if query is None or not self.is_on or not asking.is_known_host(host[: asking.MAX_HEADER]):
            await self.pass_on(scope, receive, send, headers)
            return
        key = (host, secure, path, query, language)
        self.watch.take_news()
        if await self.watch.make_sure():
            entry, is_stale = await self.fresh(key, scope, headers)
        else:
            entry, is_stale = self.find(key), True
        if entry is None or entry.status == PERSONAL:
            await self.pass_on(scope, receive, send, headers)
            return
        variant = await entry.variant(encoding)
        for shelf in (self.pages, self.guesses):
            shelf.weigh(key, entry)
        await self.respond(scope, send, headers, entry, variant, is_stale=is_stale)

    async def respond(
        self, scope: dict, send, headers: dict, entry: Entry, variant: Variant, *, is_stale: bool
    ) -> None:
        if entry.is_read and scope["method"] == "GET" and asking.is_reading(headers):
            self.views[entry.about] += 1
        start, body = variant.start, variant.body if scope["method"] == "GET" else NO_BODY
        asked = headers.get(b"if-none-match")
        if not entry.is_kept:
            start = {**start, "headers": [*entry.headers, (b"content-length", b"%d" % len(entry.body))]}
            body = variant.body
        elif is_stale:
            start = variant.stale()
        elif entry.status == 301 and scope["query_string"]:
            start = {**start, "headers": with_query(start["headers"], scope["query_string"])}
        elif asked is not None and entry.status == 200 and variant.is_what(asked):
            start, body = variant.not_modified, NO_BODY
        await send(start)
        await send(body)

    def find(self, key: Key) -> Entry | None:
        for shelf in (self.pages, self.guesses):
            entry = shelf.entries.get(key)
            if entry is not None:
                shelf.entries.move_to_end(key)
                return entry
        return None

    async def fresh(self, key: Key, scope: dict, headers: dict) -> tuple[Entry, bool]:
        """The entry, asked of Django where we have none that holds; whether it is stale all the same."""
        known = self.find(key)
        if known is not None and known.until > time():
            return known, False
        if key not in self.flights:
            asked = anonymous(scope, key[3], key[4], headers)
            # In a context of its own: it outlives the request that happened to come first.
            flight = asyncio.get_running_loop().create_task(self.render(key, asked), context=Context())
            flight.add_done_callback(lambda done: self.landed(key, done))
            self.flights[key] = flight
        try:
            async with asyncio.timeout(settings.PAGE_CACHE_PATIENCE if known is not None else None):
                entry = await asyncio.shield(self.flights[key])
        except Exception as error:
            if known is None:
                raise
            is_slow = isinstance(error, TimeoutError)
            logger.warning("Pages: %s is served as it was: %r", key[2], error, exc_info=not is_slow)
            return known, True
        if entry.status >= 500 and known is not None:
            return known, True
        return entry, False

    def landed(self, key: Key, flight: asyncio.Task) -> None:
        if self.flights.get(key) is flight:
            del self.flights[key]
        if not flight.cancelled():
            flight.exception()  # it was told to those who wait, if any

    async def render(self, key: Key, scope: dict) -> Entry:
        n_forgotten, now = self.n_forgotten, time()
        is_settled = now >= self.forgotten_at + SETTLING
        until = now + (settings.PAGE_CACHE_SECONDS if is_settled else min(SETTLING, settings.PAGE_CACHE_SECONDS))
        try:
            status, headers, body = await ask(self.app, scope, self.max_body)
        except TooLarge:
            entry = Entry(PERSONAL, [], b"")
        else:
            kept, about = without_about(headers)
            entry = Entry(status, kept, body, about)
            if status == 200 and not entry.is_kept:
                entry = Entry(PERSONAL, [], b"")
        self.watch.take_news()
        # What was begun before a change may show what was before it.
        if self.watch.is_sure() and n_forgotten == self.n_forgotten and (entry.is_kept or entry.status == PERSONAL):
            entry.until = until
            self.pages.drop(key)
            self.guesses.drop(key)
            shelf = self.pages if entry.status == 200 and not key[3] else self.guesses
            shelf.put(key, entry)
        return entry

    def forget(self, about: tuple[str, ...] | None = None, *, taken_away: bool) -> None:
        self.n_forgotten, self.forgotten_at = self.n_forgotten + 1, time()
        self.flights.clear()  # those who come now do not wait for what was begun before
        for shelf in (self.pages, self.guesses):
            shelf.expire(lambda entry: about is None or not entry.about or entry.about in about, taken_away=taken_away)

    async def pass_on(self, scope: dict, receive, send, headers: dict) -> None:
        """The request as it came, to Django and back."""

        async def send_on(message: dict) -> None:
            if message["type"] == "http.response.start":
                kept, about = without_about(message["headers"])
                message = {**message, "headers": kept}
                is_seen = scope["method"] == "GET" and is_read(message["status"], kept, about)
                if is_seen and asking.is_reading(headers):
                    self.views[about] += 1
            await send(message)

        await self.app(scope, receive, send_on)

    # Who reads

    def start_writing(self) -> None:
        if self.writing is None:
            self.writing = asyncio.create_task(self.keep_writing())

    async def keep_writing(self) -> None:
        while True:
            await asyncio.sleep(settings.VIEWS_WRITE_SECONDS)
            await self.write_views()

    async def write_views(self) -> None:
        views, self.views = self.views, Counter()
        if not views:
            return
        try:
            await database_sync_to_async(self.source.add_views)(dict(views))
        except Exception as error:  # the database is away: another time
            logger.warning("Pages: %d views are not written yet: %r", views.total(), error)
            self.views.update(views)


def without_about(headers: Headers) -> tuple[Headers, str]:
    """The headers that may leave the house, and what the page is about."""
    about = next((value for name, value in headers if name.lower() == ABOUT_HEADER), b"")
    return [header for header in headers if header[0].lower() != ABOUT_HEADER], about.decode("latin-1")


def with_query(headers: Headers, query: bytes) -> Headers:
    """The place a page has moved to, asked with the same words after the question mark."""
    return [
        (name, value + b"?" + query if name == b"location" and b"?" not in value else value) for name, value in headers
    ]
