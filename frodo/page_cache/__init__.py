"""Full-page cache in process memory, in front of Django (docs/page-cache.md)."""

import asyncio
import logging
from collections import Counter
from contextvars import Context
from time import time

from django.conf import settings

from frodo import metrics
from frodo.asgi_types import ASGIApp, Message, Receive, Send
from frodo.database_config import REPLICA, reads_replica
from frodo.page_cache import cache_key
from frodo.page_cache.cache_key import shared
from frodo.page_cache.entry import Entry, Headers, Variant, is_read
from frodo.page_cache.rendering import TooLarge, anonymous, ask, proxy_header
from frodo.page_cache.store import Store
from frodo.page_cache.versions import Change, Source, State, VersionWatcher, publish_change
from frodo.page_cache.visits import Visits
from frodo.protocols import WRITE_RESPONSE
from frodo.request_context import REQUEST_ID, VIEW

logger = logging.getLogger(__name__)

SURROGATE_KEY = "Surrogate-Key"
"""Response header with the surrogate keys of a page; a change of such an object purges only such pages.

Pages without it are purged by every change. The header is not sent to clients; a CDN gets another one
(frodo.page_cache.cdn).
"""
SURROGATE_KEY_HEADER = SURROGATE_KEY.lower().encode()
CONTENT = "content"
"""Surrogate key of pages without comments: changes of single posts' comments do not purge them."""
ANSWERED = {200, 404}
"""Statuses of pages that another reader may see differently if they must not be cached."""
PERSONAL = 0
"""Status of an entry for pages that must not be cached."""
MAX_HOSTS = 100
NO_BODY = {"type": "http.response.body", "body": b""}

Key = tuple[bytes, bool, str, bytes, str]
"""Cache key: host, HTTPS, path, known query, language."""


class PageCache:
    """ASGI: serves pages of shared views from memory, everything else from `app`.

    Entries are accessed on the event loop only, so there is no lock. The VersionWatcher purges them.
    """

    def __init__(self, app: ASGIApp, source: Source) -> None:
        self.app = app
        self.source = source
        limit = settings.PAGE_CACHE_MB * 1024 * 1024
        self.is_on = limit > 0
        self.pages = Store(limit)
        self.guesses = Store(limit // 8)  # anyone can make up such addresses; they must not push out pages
        self.max_body = limit // 16
        self.proxy_header = proxy_header()
        self.hosts: tuple[dict[bytes, bytes], dict[bytes, bytes]] = ({}, {})
        """Canonical hosts by Host header, for HTTP and HTTPS."""
        self.flights: dict[Key, asyncio.Task] = {}
        self.n_forgotten, self.forgotten_at = 0, 0.0
        self.started_at = time()
        self.watch = VersionWatcher(source, self.forget)
        self.hits: Counter[str] = Counter()
        """Pages sent from memory, by view: plain numbers, since this is the path that must cost nothing."""
        metrics.samplers.append(self.sample)
        self.visits = Visits(source)

    async def start(self) -> None:
        if self.is_on:
            self.watch.start()
            await self.watch.look()
        self.visits.start()

    async def stop(self) -> None:
        await self.watch.stop()
        await self.visits.stop()

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        method = scope.get("method")  # of a websocket there is none
        if method != "GET" and method != "HEAD":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]):
            headers = cache_key.joined(scope["headers"])
        cookies = headers.get(b"cookie")
        data = (
            cache_key.chosen_language(cookies) if cookies else b"",
            headers.get(b"accept-language"),
            headers.get(b"accept-encoding"),
            headers.get(b"user-agent"),
        )
        language, encoding, is_browser = cache_key.clients.get(data) or cache_key.client_of(*data)
        secure = scope["scheme"] == "https" if self.proxy_header is None else self.is_secure(scope, headers)
        name = self.hosts[secure].get(headers.get(b"host", b""))
        key: Key = (name, secure, scope["path"], b"", language)  # type: ignore[assignment]  # None finds nothing
        entries = self.pages.entries
        entry = entries.get(key)
        watch = self.watch
        if entry is not None and not watch.heard and not scope["query_string"]:
            variant = entry.variants.get(encoding)
            if variant is not None and entry.until > (now := time()) and now < watch.sure_until:
                entries.move_to_end(key)
                self.hits[entry.view] += 1
                if is_browser and entry.is_read and method == "GET" and not cache_key.is_preparing(headers):
                    self.visits.count(entry.about, headers)
                if variant.is_unchanged(headers):
                    await send(variant.not_modified)
                    await send(NO_BODY)
                    return
                write = scope["extensions"].get(WRITE_RESPONSE) if "extensions" in scope and method == "GET" else None
                if write is None or not write(scope, variant.head, variant.body["body"]):
                    await send(variant.start)
                    await send(variant.body if method == "GET" else NO_BODY)
                return
        await self.answer(scope, receive, send, key, headers, encoding)

    # What is not at hand

    def is_secure(self, scope: dict, headers: dict[bytes, bytes]) -> bool:
        name, https = self.proxy_header or (b"", b"")
        if name in headers:
            return headers[name].split(b",")[0].strip() == https
        return scope["scheme"] == "https"

    async def answer(self, scope: dict, receive: Receive, send: Send, key: Key, headers: dict, encoding: str) -> None:
        _, secure, path, _, language = key
        parameters = cache_key.parameters_of(path) if len(path) <= cache_key.MAX_ADDRESS else None
        if parameters is None:
            await self.app(scope, receive, send)
            return
        self.visits.start()
        query = cache_key.known_query(scope["query_string"], parameters)
        if query and scope["method"] == "GET" and cache_key.is_reading(headers):
            self.visits.count_query(path, query)
        host = self.host_of(scope, headers, secure=secure)
        if query is None or not self.is_on or host is None:
            await self.pass_on(scope, receive, send, headers)
            return
        key = (host.name, secure, path, query, language)
        self.watch.receive()
        entry: Entry | None
        if await self.watch.make_sure():
            entry, state = await self.fresh(key, scope, headers, is_own=host.is_own)
        else:
            entry, state = self.find(key), "stale"
        if entry is None or entry.status == PERSONAL:
            await self.pass_on(scope, receive, send, headers)
            return
        variant = await entry.variant(encoding if entry.is_kept else "")
        for shelf in (self.pages, self.guesses):
            shelf.weigh(key, entry)
        metrics.PAGES.labels(entry.view, state).inc()
        await self.respond(scope, send, headers, entry, variant, is_stale=state == "stale")

    async def respond(
        self, scope: dict, send: Send, headers: dict, entry: Entry, variant: Variant, *, is_stale: bool
    ) -> None:
        if entry.is_read and scope["method"] == "GET" and cache_key.is_reading(headers):
            self.visits.count(entry.about, headers)
        start, body = variant.stale() if is_stale else variant.start, variant.body
        if entry.status == 301 and scope["query_string"]:
            start = {**start, "headers": with_query(start["headers"], scope["query_string"])}
        elif not is_stale and variant.is_unchanged(headers):
            start, body = variant.not_modified, NO_BODY
        await send(start)
        await send(body if scope["method"] == "GET" else NO_BODY)

    def find(self, key: Key) -> Entry | None:
        for shelf in (self.pages, self.guesses):
            entry = shelf.entries.get(key)
            if entry is not None:
                shelf.entries.move_to_end(key)
                return entry
        return None

    def host_of(self, scope: dict, headers: dict, *, secure: bool) -> cache_key.Host | None:
        header = headers.get(b"host", b"")
        if len(header) > cache_key.MAX_HEADER:
            return None
        host = cache_key.host_of(header, secure, (scope.get("server") or ("", None))[1])
        is_plain = header == header.lower()  # the spellings of one host must not fill the table
        if host is not None and host.is_own and is_plain and len(self.hosts[secure]) < MAX_HOSTS:
            self.hosts[secure][header] = host.name
        return host

    async def fresh(self, key: Key, scope: dict, headers: dict, *, is_own: bool) -> tuple[Entry, str]:
        """The entry, rendered by Django if missing or outdated; and whether it is a hit, a miss, or stale."""
        known = self.find(key)
        if known is not None and known.until > time():
            return known, "hit"
        if key not in self.flights:
            asked = anonymous(scope, key[3], key[4], headers, key[0])
            # In a context of its own: it outlives the request that happened to come first.
            flight = asyncio.get_running_loop().create_task(self.render(key, asked, is_own=is_own), context=Context())
            flight.add_done_callback(lambda done: self.landed(key, done))
            self.flights[key] = flight
        try:
            async with asyncio.timeout(settings.PAGE_CACHE_STALE_AFTER_SECONDS if known is not None else None):
                entry = await asyncio.shield(self.flights[key])
        except Exception as error:
            if known is None:
                raise
            is_slow = isinstance(error, TimeoutError)
            logger.warning("Pages: %s is served as it was: %r", key[2], error, exc_info=not is_slow)
            return known, "stale"
        if entry.status >= 500 and known is not None:
            return known, "stale"
        return entry, "miss"

    def landed(self, key: Key, flight: asyncio.Task) -> None:
        if self.flights.get(key) is flight:
            del self.flights[key]
        if not flight.cancelled():
            flight.exception()  # it was told to those who wait, if any

    async def render(self, key: Key, scope: dict, *, is_own: bool) -> Entry:
        n_forgotten, now = self.n_forgotten, time()
        settling = settings.PAGE_CACHE_SETTLING_SECONDS
        is_settled = now >= self.forgotten_at + settling
        until = now + (settings.PAGE_CACHE_SECONDS if is_settled else min(settling, settings.PAGE_CACHE_SECONDS))
        replica_from = max(self.started_at, self.forgotten_at) + settings.DATABASE_REPLICA_SECONDS
        reads_replica.set(REPLICA in settings.DATABASES and now >= replica_from)
        try:
            status, headers, body = await ask(self.app, scope, self.max_body)
            if status >= 500 and reads_replica.get():
                reads_replica.set(False)
                status, headers, body = await ask(self.app, scope, self.max_body)
        except TooLarge:
            entry = Entry(PERSONAL, [], b"")
        else:
            kept, keys = without_keys(headers)
            kept = [header for header in kept if header[0] != REQUEST_ID]  # of this one rendering
            if not keys and not cache_key.shows_comments(key[2]):
                keys = (CONTENT,)
            entry = Entry(status, kept, body, keys, view=scope.get(VIEW, "none"))
            metrics.RENDERS.labels(entry.view).inc()
            if status in ANSWERED and not entry.is_kept:
                entry = Entry(PERSONAL, [], b"")
        self.watch.receive()
        # What was begun before a change may show what was before it.
        if self.watch.is_sure() and n_forgotten == self.n_forgotten and (entry.is_kept or entry.status == PERSONAL):
            entry.until = until
            self.pages.drop(key)
            self.guesses.drop(key)
            shelf = self.pages if entry.status == 200 and not key[3] and is_own else self.guesses
            shelf.put(key, entry)
        return entry

    def forget(self, about: tuple[str, ...] | None = None, *, is_hard: bool) -> None:
        changed = None if about is None else frozenset(about)
        self.n_forgotten, self.forgotten_at = self.n_forgotten + 1, time()
        metrics.PURGES.inc()
        self.flights.clear()  # those who come now do not wait for what was begun before
        for shelf in (self.pages, self.guesses):
            shelf.expire(lambda entry: changed is None or not entry.keys or bool(entry.keys & changed), is_hard=is_hard)

    async def pass_on(self, scope: dict, receive: Receive, send: Send, headers: dict) -> None:
        """Pass the request to Django unchanged."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept, keys = without_keys(message["headers"])
                about = keys[0] if keys else ""
                message = {**message, "headers": kept}
                is_seen = scope["method"] == "GET" and is_read(message["status"], kept, about)
                if is_seen and cache_key.is_reading(headers):
                    self.visits.count(about, headers)
            await send(message)

        await self.app(scope, receive, send_on)
        metrics.PAGES.labels(scope.get(VIEW, "none"), "bypass").inc()

    def sample(self) -> None:
        hits, self.hits = self.hits, Counter()
        for view, n in hits.items():
            metrics.PAGES.labels(view, "hit").inc(n)
        metrics.CACHED_PAGES.set(len(self.pages.entries) + len(self.guesses.entries))
        metrics.CACHED_BYTES.set(self.pages.size + self.guesses.size)


def without_keys(headers: Headers) -> tuple[Headers, tuple[str, ...]]:
    """Headers without the surrogate keys, and the keys; the first is that of the object that the page is about."""
    keys = next((value for name, value in headers if name.lower() == SURROGATE_KEY_HEADER), b"")
    kept = [header for header in headers if header[0].lower() != SURROGATE_KEY_HEADER]
    return kept, tuple(keys.decode("latin-1").split())


def with_query(headers: Headers, query: bytes) -> Headers:
    """The redirect target with the request's query string."""
    return [
        (name, value + b"?" + query if name == b"location" and b"?" not in value else value) for name, value in headers
    ]
