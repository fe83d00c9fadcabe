"""Asking Django for a page in nobody's name."""

import asyncio

from django.conf import settings


class TooLarge(Exception):
    """More than is kept."""


def anonymous(scope: dict, query: bytes, language: str, headers: dict[bytes, bytes]) -> dict:
    """The request as anybody might make it: of its headers only those that the key knows."""
    names = [b"host", *([proxy_header()[0]] if proxy_header() else [])]
    kept = [(name, headers[name]) for name in names if name in headers]
    kept.append((b"accept-language", language.encode()))
    return {**scope, "method": "GET", "query_string": query, "headers": kept, "client": None}


def proxy_header() -> tuple[bytes, bytes] | None:
    """By which a proxy says that it speaks HTTPS, and how."""
    if not settings.SECURE_PROXY_SSL_HEADER:
        return None
    name, value = settings.SECURE_PROXY_SSL_HEADER
    return name.removeprefix("HTTP_").replace("_", "-").lower().encode(), value.encode()


async def ask(app, scope: dict, limit: int) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body."""
    start: dict = {}
    body = bytearray()
    asked = False

    async def receive() -> dict:
        nonlocal asked
        if asked:
            await asyncio.get_running_loop().create_future()  # nobody hangs up
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))
            if len(body) > limit:
                raise TooLarge

    await app(scope, receive, send)
    return start["status"], list(start["headers"]), bytes(body)
