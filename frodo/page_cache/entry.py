"""A page as it is kept: what Django answered, and its bytes in each encoding that was asked for."""

import asyncio
import gzip
from collections.abc import Callable
from hashlib import blake2b

import brotli
from django.conf import settings

Headers = list[tuple[bytes, bytes]]

KEPT = {200, 301, 404}
OURS = {b"vary", b"cache-control", b"content-length", b"etag", b"date", b"expires"}
"""Headers that the cache writes itself."""
VARY = {b"accept-language", b"accept-encoding"}
"""What an answer may depend on and still be for everyone: the key knows them."""
TO_READERS = (b"vary", b"Accept-Encoding, Accept-Language, Cookie")
"""The cookie, because the language may be in it."""
NO_STORE = (b"cache-control", b"no-store")
STALE = (b"x-frodo-stale", b"1")
OVERHEAD = 3000
"""Bytes of an entry besides its texts, roughly."""
MIN_LENGTH = 400
"""Shorter texts do not get smaller."""

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


class Variant:
    """One encoding: the very messages that are sent."""

    __slots__ = ("body", "etag", "not_modified", "start")

    def __init__(self, entry: "Entry", encoding: str, body: bytes) -> None:
        headers = [*entry.headers, (b"content-length", b"%d" % len(body)), freshness(), TO_READERS]
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        self.etag = b'"%s%s"' % (entry.digest, f"-{encoding}".encode() if encoding else b"")
        if entry.status == 200:
            headers.append((b"etag", self.etag))
        self.start = {"type": "http.response.start", "status": entry.status, "headers": headers}
        self.body = {"type": "http.response.body", "body": body}
        unchanged = [(b"etag", self.etag), freshness(), TO_READERS]
        self.not_modified = {"type": "http.response.start", "status": 304, "headers": unchanged}

    def is_what(self, asked: bytes) -> bool:
        """Is it what an If-None-Match names?"""
        if asked == self.etag:
            return True
        named = [name.strip().removeprefix(b"W/") for name in asked.split(b",")]
        return self.etag in named or named == [b"*"]

    def stale(self) -> dict:
        headers = [header for header in self.start["headers"] if header[0] not in {b"cache-control", b"etag"}]
        return {**self.start, "headers": [*headers, NO_STORE, STALE]}


def freshness() -> tuple[bytes, bytes]:
    """Everyone may keep it and must ask whether it still holds, for purges reach our own processes only."""
    seconds = settings.PAGE_CACHE_CDN_SECONDS
    return (b"cache-control", b"public, max-age=0, " + (b"s-maxage=%d" % seconds if seconds else b"must-revalidate"))


class Entry:
    """An answer of Django's. `until` is the moment from which it must be asked again."""

    __slots__ = (
        "about",
        "body",
        "digest",
        "headers",
        "is_kept",
        "is_read",
        "making",
        "size",
        "status",
        "until",
        "variants",
        "weighed",
    )

    def __init__(self, status: int, headers: Headers, body: bytes, about: str = "") -> None:
        self.status, self.body, self.about = status, body, about
        self.is_kept = status in KEPT and is_for_everyone(headers)
        self.is_read = is_read(status, headers, about)
        left_out = OURS if self.is_kept else {b"content-length"}
        self.headers = [(name.lower(), value) for name, value in headers if name.lower() not in left_out]
        self.digest = blake2b(body, digest_size=12).hexdigest().encode()
        self.until = 0.0
        self.variants: dict[str, Variant] = {"": Variant(self, "", body)}
        self.making: dict[str, asyncio.Task] = {}
        self.size = len(body) + OVERHEAD
        self.weighed = 0
        """What the shelf took it for."""

    async def variant(self, encoding: str) -> Variant:
        """In this encoding, made once and off the event loop; plain where that is no longer."""
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
    """A page that a person reads, about something that counts its readers."""
    return about != "" and status == 200 and any(n.lower() == b"content-type" and b"html" in v for n, v in headers)


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
