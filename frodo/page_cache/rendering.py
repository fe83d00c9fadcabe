"""Render a page anonymously by Django."""

import asyncio

from django.conf import settings

from frodo.asgi_types import ASGIApp, Message, Scope


class TooLarge(Exception):
    """The response is too large to cache."""


def anonymous(scope: dict, query: bytes, language: str, headers: dict[bytes, bytes], host: bytes) -> dict:
    """The request reduced to headers of the cache key."""
    proxy = proxy_header()
    names = [proxy[0]] if proxy else []
    kept = [(b"host", host or headers[b"host"]), *((name, headers[name]) for name in names if name in headers)]
    kept.append((b"accept-language", language.encode()))
    return {**scope, "method": "GET", "query_string": query, "headers": kept, "client": None}


def proxy_header() -> tuple[bytes, bytes] | None:
    """The header by which a proxy signals HTTPS."""
    if not settings.SECURE_PROXY_SSL_HEADER:
        return None
    name, value = settings.SECURE_PROXY_SSL_HEADER
    return name.removeprefix("HTTP_").replace("_", "-").lower().encode(), value.encode()


async def ask(app: ASGIApp, scope: Scope, limit: int) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Returns status, headers and body."""
    start: dict = {}
    body = bytearray()
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.get_running_loop().create_future()  # nobody hangs up
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))
            if len(body) > limit:
                raise TooLarge

    await app(scope, receive, send)
    return start["status"], list(start["headers"]), bytes(body)
