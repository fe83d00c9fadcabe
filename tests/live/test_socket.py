"""One page's socket: what it is told, and what it may say."""

import functools

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.db import transaction

from blog.events import record
from blog.models import Event, Post
from blog.posts.event_history import post_events
from frodo import live
from tests.factories import make_post
from tests.live.sockets import HEADERS, Socket, opened, until

pytestmark = pytest.mark.django_db(transaction=True)


def story(test):
    """An async test, on an event loop of its own; nothing of it is left behind."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        async_to_sync(test)(*args, **kwargs)
        assert live.hubs == {}

    return run


@pytest.fixture
def post() -> Post:
    return make_post(title="A walk")


@sync_to_async
def happen(post, times=1) -> None:
    for _ in range(times):
        with transaction.atomic():
            record(post, "test", {})


@story
async def test_hello_then_what_happens(post):
    socket = await opened(f"/ws/posts/{post.pk}/")
    assert await socket.hear() == {"type": "hello", "n": 0}

    await happen(post, 2)

    assert [(await socket.hear())["n"] for _ in range(2)] == [1, 2]
    await socket.leave()


@story
async def test_hello_then_what_was_missed_then_what_happens(post):
    await happen(post, 3)
    socket = await opened(f"/ws/posts/{post.pk}/?since=1")

    await happen(post)

    assert await socket.hear() == {"type": "hello", "n": 3}
    assert [(await socket.hear())["n"] for _ in range(3)] == [2, 3, 4]
    await socket.leave()


@story
async def test_who_comes_back_to_an_open_room_is_told_from_memory(post, monkeypatch):
    first = await opened(f"/ws/posts/{post.pk}/?since=0")
    await first.hear()
    await happen(post, 3)
    assert [(await first.hear())["n"] for _ in range(3)] == [1, 2, 3]
    monkeypatch.setattr("blog.posts.event_history.PostEvents.since", None)  # nothing is asked

    second = await opened(f"/ws/posts/{post.pk}/?since=1")

    assert await second.hear() == {"type": "hello", "n": 3}
    assert [(await second.hear())["n"] for _ in range(2)] == [2, 3]
    await first.leave()
    await second.leave()


@story
async def test_nothing_is_lost_or_doubled_between_reading_and_joining(post, monkeypatch):
    """Events that happen while the newcomer's backlog is being read."""
    read = post_events.since

    async def slow(self, key, n):
        backlog = await read(key, n)
        await happen(post, 2)
        return backlog

    await happen(post, 2)
    monkeypatch.setattr("blog.posts.event_history.PostEvents.since", slow)
    socket = await opened(f"/ws/posts/{post.pk}/?since=0")

    assert await socket.hear() == {"type": "hello", "n": 2}
    assert [(await socket.hear())["n"] for _ in range(4)] == [1, 2, 3, 4]
    monkeypatch.undo()
    await happen(post)
    assert (await socket.hear())["n"] == 5
    assert await socket.receive_nothing()
    await socket.leave()


@pytest.mark.parametrize("since", ["4", "-1", "x", "9" * 50, "²"])
@story
async def test_a_number_nobody_has_is_reset(post, since):
    await happen(post, 3)
    socket = await opened(f"/ws/posts/{post.pk}/?since={since}")

    assert [await socket.hear() for _ in range(2)] == [{"type": "hello", "n": 3}, {"type": "reset", "n": 3}]

    await happen(post)
    assert (await socket.hear())["n"] == 4
    await socket.leave()


@story
async def test_what_was_pruned_is_reset(post):
    await happen(post, 3)
    await sync_to_async(Event.objects.filter(n__lte=2).delete)()
    socket = await opened(f"/ws/posts/{post.pk}/?since=1")

    assert [(await socket.hear())["type"] for _ in range(2)] == ["hello", "reset"]
    await socket.leave()


@pytest.mark.parametrize("path", ["/ws/posts/999/", "/ws/posts/0/", f"/ws/posts/{'9' * 30}/", "/ws/", "/ws/posts/x/"])
@story
async def test_what_is_not_there_is_closed(path):
    socket = await opened(path)

    assert await socket.hear() == {"closed": live.GONE}
    await socket.leave()


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"days_ago": -1}])
def test_what_is_not_published_is_closed(fields):
    post = make_post(**fields)

    @story
    async def test():
        socket = await opened(f"/ws/posts/{post.pk}/")
        assert await socket.hear() == {"closed": live.GONE}
        await socket.leave()

    test()


@story
async def test_a_ping_is_answered(post):
    socket = await opened(f"/ws/posts/{post.pk}/")
    await socket.hear()

    await socket.say("ping")

    assert await socket.hear() == "pong"
    await socket.leave()


@pytest.mark.parametrize(
    ("said", "code"), [("hello", 1008), (b"\x00\xff", 1008), ("", 1008), ("x" * 1000, 1009), (b"x" * 100_000, 1009)]
)
@story
async def test_a_reader_has_nothing_to_say(post, said, code):
    socket = await opened(f"/ws/posts/{post.pk}/")
    await socket.hear()

    await socket.say(said)

    assert await socket.hear() == {"closed": code}
    await socket.leave()


@story
async def test_pings_without_end_are_not_answered(post):
    socket = await opened(f"/ws/posts/{post.pk}/")
    await socket.hear()

    for _ in range(30):
        await socket.say("ping")

    heard = [await socket.hear() for _ in range(22)]
    assert heard == ["pong"] * 21 + [{"closed": 1008}]
    await socket.leave()


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", None])
@story
async def test_another_sites_page_is_not_let_in(post, origin):
    headers = [HEADERS[0], *([(b"origin", origin)] if origin else [])]
    socket = Socket(f"/ws/posts/{post.pk}/", headers)

    assert (await socket.open())["type"] == "websocket.close"  # before it is accepted: a 403
    await socket.leave()


@story
async def test_more_sockets_than_allowed_are_sent_to_ask(post, settings):
    settings.LIVE_MAX_SOCKETS = 1
    first = await opened(f"/ws/posts/{post.pk}/")
    await first.hear()

    second = await opened(f"/ws/posts/{post.pk}/")

    assert await second.hear() == {"closed": live.LATER}
    await first.leave()
    await second.leave()


@story
async def test_a_post_that_is_withdrawn_lets_its_readers_go(post, monkeypatch):
    monkeypatch.setattr(live, "SWEEP", 0.01)
    socket = await opened(f"/ws/posts/{post.pk}/")
    await socket.hear()

    await sync_to_async(Post.objects.update)(status="draft")

    assert await socket.hear() == {"closed": live.GONE}
    await socket.leave()


@story
async def test_many_rooms_and_sockets_leave_nothing_behind(post):
    other = await sync_to_async(make_post)(title="Other")
    before = set(get_channel_layer().groups)
    sockets = [await opened(f"/ws/posts/{pk}/") for pk in [post.pk, other.pk] * 10]
    for socket in sockets:
        await socket.hear()
    hub = live.current_hub()
    assert len(hub.rooms) == 2
    joined = hub.layer.groups.keys() - before
    assert [len(hub.layer.groups[group]) for group in joined] == [1, 1]

    for socket in sockets:
        await socket.leave()

    assert live.hubs == {}
    await until(lambda: joined.isdisjoint(hub.layer.groups))
    await until(lambda: all(task.done() for task in hub.tasks))
