"""`/ws/moderation/`: tells moderators that something has changed; the page then requests what."""

from asgiref.sync import sync_to_async

from accounts.models import User
from accounts.session_revocation import may_stay
from blog.events.authorized import authorized
from blog.events.consumers import answer_pings, follow
from blog.moderation.queue_events import ROOM, queue_source
from frodo.asgi_types import Receive, Scope, Send


async def queue(scope: Scope, receive: Receive, send: Send) -> None:
    async with authorized(scope, receive, send, moderator) as connection:
        if connection is not None:
            _user, listener = connection
            await follow(queue_source, ROOM, scope, listener)
            await answer_pings(receive, listener)


async def moderator(session: str) -> User | None:
    """The user of the session if they may moderate now."""
    user = await may_stay(session, staff=True)
    return user if user and await sync_to_async(user.has_perm)("blog.change_comment") else None
