"""A cached page: Django's response, encoded on demand."""

import asyncio
import gzip
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import brotli
from django.conf import settings
from django.utils.http import parse_http_date_safe

from frodo.page_cache.cdn import surrogate_keys
from frodo.protocols import response_head

Headers = list[tuple[bytes, bytes]]

KEPT = {200, 301, 404}
OURS = {b"vary", b"cache-control", b"content-length", b"etag", b"date", b"expires"}
"""Headers set by the cache."""
VARY = {b"accept-language", b"accept-encoding"}
"""Allowed values of Vary: the key includes them."""
TO_READERS = (b"vary", b"Accept-Encoding, Accept-Language, Cookie")
"""Cookie, because it may contain the language."""
NO_STORE = (b"cache-control", b"no-store")
STALE = (b"x-frodo-stale", b"1")
OVERHEAD = 3000
"""Overhead per entry in bytes, estimated."""
MIN_LENGTH = 400
"""Below this size compression does not pay."""

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


class Variant:
    """One encoding: the ASGI messages to send, and the head of the response as bytes."""

    __slots__ = ("body", "etag", "head", "last_modified", "not_modified", "start")

    def __init__(self, entry: "Entry", encoding: str, body: bytes) -> None:
        headers = [*entry.headers, (b"content-length", b"%d" % len(body))]
        if entry.is_kept:
            headers += [freshness(), TO_READERS, *surrogate_keys(entry.keys)]
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        self.etag, self.last_modified = b"", None
        if entry.is_kept and entry.status == 200:
            self.etag = b'"%s%s"' % (entry.digest, f"-{encoding}".encode() if encoding else b"")
            self.last_modified = date_of(next((v for n, v in entry.headers if n == b"last-modified"), b""))
            headers.append((b"etag", self.etag))
        self.start: dict[str, Any] = {"type": "http.response.start", "status": entry.status, "headers": headers}
        self.body = {"type": "http.response.body", "body": body}
        self.head = response_head(entry.status, headers)
        unchanged = [(b"etag", self.etag), freshness(), TO_READERS]
        self.not_modified: dict[str, Any] = {"type": "http.response.start", "status": 304, "headers": unchanged}

    def is_unchanged(self, headers: dict[bytes, bytes]) -> bool:
        """Evaluate If-None-Match, and only without it If-Modified-Since (RFC 9110, section 13.2.2)."""
        named = headers.get(b"if-none-match")
        if named is not None:
            return self.etag != b"" and self.is_named(named)
        if self.last_modified is None or b"if-modified-since" not in headers:
            return False
        since = date_of(headers[b"if-modified-since"])
        return since is not None and self.last_modified <= since

    def is_named(self, asked: bytes) -> bool:
        if asked == self.etag:
            return True
        named = [name.strip().removeprefix(b"W/") for name in asked.split(b",")]
        return self.etag in named or named == [b"*"]

    def stale(self) -> dict:
        headers = [header for header in self.start["headers"] if header[0] not in {b"cache-control", b"etag"}]
        return {**self.start, "headers": [*headers, NO_STORE, STALE]}


def date_of(header: bytes) -> int | None:
    """Unix time; None if invalid."""
    return parse_http_date_safe(header.decode("latin-1")) if header else None


def freshness() -> tuple[bytes, bytes]:
    """Caches may store it and must revalidate, unless a CDN is allowed to keep it for some time."""
    seconds = settings.PAGE_CACHE_CDN_SECONDS
    return (b"cache-control", b"public, max-age=0, " + (b"s-maxage=%d" % seconds if seconds else b"must-revalidate"))


class Entry:
    """A response by Django. `until`: when it must be rendered again."""

    __slots__ = (
        "about",
        "body",
        "digest",
        "headers",
        "is_kept",
        "is_read",
        "keys",
        "making",
        "size",
        "status",
        "until",
        "variants",
        "view",
        "weighed",
    )

    def __init__(
        self, status: int, headers: Headers, body: bytes, keys: tuple[str, ...] = (), *, view: str = "none"
    ) -> None:
        self.status, self.body, self.view = status, body, view
        self.keys, self.about = frozenset(keys), keys[0] if keys else ""
        self.is_kept = status in KEPT and is_for_everyone(headers)
        self.is_read = is_read(status, headers, self.about)
        left_out = OURS if self.is_kept else {b"content-length"}
        self.headers = [(name.lower(), value) for name, value in headers if name.lower() not in left_out]
        self.digest = blake2b(body, digest_size=12).hexdigest().encode()
        self.until = 0.0
        self.variants: dict[str, Variant] = {"": Variant(self, "", body)}
        self.making: dict[str, asyncio.Task] = {}
        self.size = len(body) + OVERHEAD
        self.weighed = 0
        """Size counted by the store."""

    async def variant(self, encoding: str) -> Variant:
        """The variant for an encoding, compressed once off the event loop."""
        if encoding not in self.variants:
            if encoding not in self.making:
                self.making[encoding] = asyncio.create_task(self.make(encoding))
            await asyncio.shield(self.making[encoding])
        return self.variants[encoding]

    async def make(self, encoding: str) -> None:
        variant = self.variants[""]
        if len(self.body) >= MIN_LENGTH:
            packed = await asyncio.to_thread(COMPRESS[encoding], self.body)
            if len(packed) < len(self.body):
                variant = Variant(self, encoding, packed)
                self.size += len(packed) + OVERHEAD // 3
        self.variants[encoding] = variant
        del self.making[encoding]


def is_read(status: int, headers: Headers, about: str) -> bool:
    """Whether views of this page are counted."""
    return about.isdigit() and status == 200 and any(n.lower() == b"content-type" and b"html" in v for n, v in headers)


def is_for_everyone(headers: Headers) -> bool:
    for name, value in headers:
        match name.lower():
            case b"set-cookie" | b"content-encoding":
                return False
            case b"cache-control" if b"no-store" in value or b"private" in value:
                return False
            case b"vary" if not {word.strip() for word in value.lower().split(b",")} <= VARY:
                return False
    return True
