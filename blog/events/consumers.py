"""What websockets share: plain ASGI applications, with no work per event (docs/live.md).

Those for some users only are in blog/events/authorized.py.
"""

import logging
import time
from urllib.parse import parse_qs

from django.conf import settings
from django.db import Error as DatabaseError

from frodo import live
from frodo.asgi_types import Receive, Scope, Send

logger = logging.getLogger(__name__)

POLICY_VIOLATION = 1008
TOO_LARGE = 1009
"""Close codes of RFC 6455, section 7.4.1."""
MAX_FRAME = 64
PING, PONG = "ping", "pong"
MIN_PING_SECONDS = 1.0
"""Minimum seconds between pings; clients that are faster repeatedly are disconnected."""
MAX_FAST_PINGS = 20


async def listen_to(source: live.Source, key: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a room that everybody may join."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    scope["headers"].clear()  # with cookies they take as much memory as the rest of an open page
    if live.n_sockets() >= settings.LIVE_MAX_SOCKETS:
        await send({"type": "websocket.close", "code": live.LATER})
        return
    listener = live.Listener(scope, send)
    hub = live.current_hub()
    try:
        await follow(source, key, scope, listener)
        await answer_pings(receive, listener)
    finally:
        await hub.leave(listener)


async def follow(source: live.Source, key: int, scope: Scope, listener: live.Listener) -> None:
    """Join a room and send what was missed since the number that the client knows."""
    room = await live.current_hub().join(source, key, listener)
    try:
        backlog = await room.backlog(number_in(scope["query_string"]))
    except DatabaseError:
        listener.close(live.LATER)
    else:
        if backlog is None:
            listener.close(live.GONE)
        else:
            listener.catch_up(backlog)


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": live.GONE})


async def answer_pings(receive: Receive, listener: live.Listener) -> None:
    """Wait until the client disconnects; it may only send pings."""
    last_ping, n_fast_pings = 0.0, 0
    while (message := await receive())["type"] != "websocket.disconnect":
        data = message.get("text") or message.get("bytes") or ""
        now = time.monotonic()
        n_fast_pings = n_fast_pings + 1 if now - last_ping < MIN_PING_SECONDS else 0
        last_ping = now
        if data == PING and n_fast_pings <= MAX_FAST_PINGS:
            listener.write(PONG)
        else:
            listener.close(TOO_LARGE if len(data) > MAX_FRAME else POLICY_VIOLATION)


def number_in(query_string: bytes) -> int | None:
    """The number `since`; -1 if invalid, which is answered by a reset."""
    values = parse_qs(query_string.decode("latin-1")).get("since")
    if not values:
        return None
    value = values[-1]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else -1
