"""`/ws/moderation/`: for who may moderate. It says that something has changed; what, is asked for by HTTP.

Signing out, deactivation, another password or the loss of the permission closes it at once, in every process.
"""

import asyncio
import logging
from contextlib import asynccontextmanager
from functools import partial

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error as DatabaseError
from django.http.cookie import parse_cookie

from accounts.leaving import concerns, group_of, may_stay
from accounts.models import User
from blog.events.consumers import number_in, until_it_leaves
from blog.moderation.telling import ROOM, queue_source
from frodo import layer, live

logger = logging.getLogger(__name__)

NOT_ALLOWED = 4003
LOOK = 30.0
"""Seconds between looks at the session, for what nobody announces."""
AGAIN = 5.0
"""Seconds after which a channel layer that was away is asked again."""


async def queue(scope, receive, send) -> None:
    if (await receive())["type"] != "websocket.connect":
        return
    session = session_in(scope)
    try:
        user = await moderator(session)
    except DatabaseError:
        user = None
    if user is None:
        await send({"type": "websocket.close", "code": NOT_ALLOWED})
        return
    await send({"type": "websocket.accept"})
    listener = live.Listener(send)
    hub = live.current_hub()
    tasks = []
    try:
        listening = asyncio.Event()
        tasks = [
            asyncio.create_task(listen(user.pk, session, listener, listening)),
            asyncio.create_task(look(session, listener, listening)),
        ]
        room = await hub.join(queue_source, ROOM, listener)
        try:
            listener.catch_up(await room.backlog(number_in(scope["query_string"])))
        except DatabaseError:
            listener.close(live.LATER)
        await until_it_leaves(receive, listener)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await hub.leave(listener)


def session_in(scope) -> str:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")


async def moderator(session: str) -> User | None:
    """Whose session it is, if they may moderate now."""
    user = await may_stay(session, staff=True)
    return user if user and await sync_to_async(user.has_perm)("blog.change_comment") else None


async def listen(user: int, session: str, listener: live.Listener, listening: asyncio.Event) -> None:
    """Close when we are told that this one has lost the right to be here."""
    while True:
        try:
            async with joined(group_of(user)) as receive:
                listening.set()
                while not concerns(await receive(), session):
                    pass
            listener.close(NOT_ALLOWED)
            return
        except Exception as error:  # other people's server
            logger.warning("Moderation: nobody can tell just now whether user %s has left: %r", user, error)
            listening.set()
        await asyncio.sleep(AGAIN)


@asynccontextmanager
async def joined(group: str):
    """A place of our own in a group of the channel layer; gives what receives its next message."""
    channel_layer = get_channel_layer()
    async with asyncio.timeout(layer.TIMEOUT):
        channel = await channel_layer.new_channel()
        await channel_layer.group_add(group, channel)
    try:
        yield partial(channel_layer.receive, channel)
    finally:
        async with asyncio.timeout(layer.TIMEOUT):
            await channel_layer.group_discard(group, channel)


async def look(session: str, listener: live.Listener, listening: asyncio.Event) -> None:
    """Once after we listen, for what happened in between, and then now and then."""
    await listening.wait()
    while True:
        try:
            if await moderator(session) is None:
                listener.close(NOT_ALLOWED)
                return
        except DatabaseError:
            listener.close(live.LATER)
            return
        await asyncio.sleep(LOOK)
