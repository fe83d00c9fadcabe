"""`/ws/posts/<id>/?since=<n>`: one post, live, listen-only. A plain ASGI application: nothing per event."""

import time
from urllib.parse import parse_qs

from django.conf import settings
from django.db import Error as DatabaseError

from blog.events.history import post_events
from frodo import live

NOT_FOR_US = 1008
TOO_LARGE = 1009
MAX_FRAME = 64
PING, PONG = "ping", "pong"
PING_PAUSE = 1.0
"""Seconds between pings; whoever is faster, time and again, is let go."""
MAX_HASTE = 20


async def posts(scope, receive, send) -> None:
    await listen_to(post_events, int(scope["url_route"]["kwargs"]["pk"]), scope, receive, send)


async def listen_to(source: live.Source, key: int, scope, receive, send) -> None:
    """A room that is open to everybody."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    if live.n_sockets() >= settings.LIVE_MAX_SOCKETS:
        await send({"type": "websocket.close", "code": live.LATER})
        return
    listener = live.Listener(send)
    hub = live.current_hub()
    try:
        since = number_in(scope["query_string"])
        room = await hub.join(source, key, listener)
        try:
            backlog = await room.backlog(since)
        except DatabaseError:
            listener.close(live.LATER)
        else:
            if backlog is None:
                listener.close(live.GONE)
            else:
                listener.catch_up(backlog)
        await until_it_leaves(receive, listener)
    finally:
        await hub.leave(listener)


async def nothing_here(scope, receive, send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": live.GONE})


async def until_it_leaves(receive, listener: live.Listener) -> None:
    """A reader has nothing to say but pings."""
    last_ping, haste = 0.0, 0
    while (message := await receive())["type"] != "websocket.disconnect":
        said = message.get("text") or message.get("bytes") or ""
        now = time.monotonic()
        haste = haste + 1 if now - last_ping < PING_PAUSE else 0
        last_ping = now
        if said == PING and haste <= MAX_HASTE:
            listener.write(PONG)
        else:
            listener.close(TOO_LARGE if len(said) > MAX_FRAME else NOT_FOR_US)


def number_in(query_string: bytes) -> int | None:
    """`since`; what is no number is a number nobody has, and is answered by a reset."""
    values = parse_qs(query_string.decode("latin-1")).get("since")
    if not values:
        return None
    value = values[-1]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else -1
