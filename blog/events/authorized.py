"""Websockets for some users only: sign-out, deactivation, another password or loss of the permission closes them at
once, in every process.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from django.conf import settings
from django.db import Error as DatabaseError
from django.http.cookie import parse_cookie

from accounts.models import User
from accounts.session_revocation import concerns, group_of
from frodo import channel_layer, live
from frodo.asgi_types import Receive, Scope, Send

logger = logging.getLogger(__name__)

FORBIDDEN = 4003
"""Close code, of the range that RFC 6455 leaves to applications."""
RECHECK_SECONDS = 30.0
"""Seconds between checks of the session, for changes that nobody announced."""
RETRY_SECONDS = 5.0
"""Seconds until a channel layer that was down is tried again."""

Authorize = Callable[[str], Awaitable[User | None]]
"""Returns the user of a session key if they have the permission now."""


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
    listener = live.Listener(scope, send)
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
