"""What websockets share: plain ASGI applications, with no work per event (docs/live.md).

Those for some users only are `authorized`: sign-out, deactivation, another password or loss of the permission closes
them at once, in every process.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import parse_qs

from django.conf import settings
from django.db import Error as DatabaseError
from django.http.cookie import parse_cookie

from accounts.models import User
from accounts.session_revocation import concerns, group_of
from frodo import channel_layer, live
from frodo.asgi_types import Receive, Scope, Send

logger = logging.getLogger(__name__)

POLICY_VIOLATION = 1008
TOO_LARGE = 1009
FORBIDDEN = 4003
"""Close codes: of RFC 6455, section 7.4.1, and one of ours."""
MAX_FRAME = 64
PING, PONG = "ping", "pong"
MIN_PING_SECONDS = 1.0
"""Minimum seconds between pings; clients that are faster repeatedly are disconnected."""
MAX_FAST_PINGS = 20
RECHECK_SECONDS = 30.0
"""Seconds between checks of the session, for changes that nobody announced."""
RETRY_SECONDS = 5.0
"""Seconds until a channel layer that was down is tried again."""

Authorize = Callable[[str], Awaitable[User | None]]
"""Returns the user of a session key if they have the permission now."""


async def listen_to(source: live.Source, key: int, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a room that everybody may join."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    if live.n_sockets() >= settings.LIVE_MAX_SOCKETS:
        await send({"type": "websocket.close", "code": live.LATER})
        return
    listener = live.Listener(send)
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


@asynccontextmanager
async def authorized(
    scope: Scope, receive: Receive, send: Send, authorize: Authorize, max_bytes: int | None = None
) -> AsyncIterator[tuple[User, live.Listener] | None]:
    """Accepts a websocket whose session passes `authorize`, else yields None; closes it when it no longer does.

    `max_bytes` replaces the usual limit of a message (frodo.protocols).
    """
    if (await receive())["type"] != "websocket.connect":
        yield None
        return
    session = cookies_of(scope).get(settings.SESSION_COOKIE_NAME, "")
    try:
        user = await authorize(session)
    except DatabaseError:
        user = None
    if user is None:
        await send({"type": "websocket.close", "code": FORBIDDEN})
        yield None
        return
    await send({"type": "websocket.accept"} | ({"frodo.max_bytes": max_bytes} if max_bytes else {}))
    listener = live.Listener(send)
    hub = live.current_hub()
    listening = asyncio.Event()
    tasks = [
        asyncio.create_task(close_on_revocation(user.pk, session, listener, listening)),
        asyncio.create_task(recheck_session(session, authorize, listener, listening)),
    ]
    try:
        yield user, listener
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await hub.leave(listener)


def cookies_of(scope: Scope) -> dict[str, str]:
    return parse_cookie(b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1"))


async def close_on_revocation(user: int, session: str, listener: live.Listener, listening: asyncio.Event) -> None:
    """Close the socket when its session ends or its user's rights change."""
    while True:
        try:
            async with joined(group_of(user)) as receive:
                listening.set()
                while not concerns(await receive(), session):
                    pass
            listener.close(FORBIDDEN)
            return
        except channel_layer.ERRORS as error:
            logger.warning("Live: revoked sessions of user %s are noticed late: %r", user, error)
            listening.set()
        await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def joined(group: str) -> AsyncIterator[Callable[[], Awaitable[dict]]]:
    """Join a group of the channel layer; yields a function that receives its next message."""
    layer = channel_layer.configured_layer()
    async with asyncio.timeout(channel_layer.TIMEOUT):
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
    try:
        yield partial(layer.receive, channel)
    finally:
        async with asyncio.timeout(channel_layer.TIMEOUT):
            await layer.group_discard(group, channel)


async def recheck_session(
    session: str, authorize: Authorize, listener: live.Listener, listening: asyncio.Event
) -> None:
    """Check the session once after joining, then regularly."""
    await listening.wait()
    while True:
        try:
            if await authorize(session) is None:
                listener.close(FORBIDDEN)
                return
        except DatabaseError:
            listener.close(live.LATER)
            return
        await asyncio.sleep(RECHECK_SECONDS)


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
