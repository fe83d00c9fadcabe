"""`/ws/posts/<id>/?since=<n>`: the events of one post, live."""

from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.session_revocation import may_stay
from blog.events import SOURCE
from blog.events.authorized import authorized, cookies_of
from blog.events.consumers import answer_pings, follow, listen_to
from blog.posts import access
from blog.posts.event_history import PostEvents, post_events
from blog.posts.models import Post
from frodo.asgi_types import Receive, Scope, Send


async def posts(scope: Scope, receive: Receive, send: Send) -> None:
    key = int(scope["url_route"]["kwargs"]["pk"])
    source, is_by_account = await source_for(key, scope)
    if not is_by_account:
        await listen_to(source, key, scope, receive, send)
        return

    async def reader(session: str) -> User | None:
        user = await may_stay(session, staff=True)
        return user if user and await room_for(key, {}, "", user) == (source.name, True) else None

    async with authorized(scope, receive, send, reader) as admission:
        if admission is not None:
            _user, listener = admission
            await follow(source, key, scope, listener)
            await answer_pings(receive, listener)


async def source_for(key: int, scope: Scope) -> tuple[PostEvents, bool]:
    """The source of events that this client may follow, and whether only its session, which can end, permits that."""
    event_key = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[-1]
    cookies = cookies_of(scope)
    if not event_key and not {access.COOKIE, settings.SESSION_COOKIE_NAME} & cookies.keys():
        return post_events, False
    user = await may_stay(cookies.get(settings.SESSION_COOKIE_NAME), staff=True)
    room, is_by_account = await room_for(key, cookies, event_key, user)
    return post_events if room == SOURCE else PostEvents(room), is_by_account


@database_sync_to_async
def room_for(key: int, cookies: dict[str, str], event_key: str, user: User | None) -> tuple[str, bool]:
    """The room of the post's events for this reader, and whether only the account opens it."""
    post = Post.threads.released().only("password", "author_id").filter(pk=key).first()
    if post is None:
        return SOURCE, False
    if access.may_read(post, cookies, None) and constant_time_compare(event_key, post.event_key):
        return post.event_room, False
    return (post.event_room, True) if access.may_read_all(user, post) else (SOURCE, False)
