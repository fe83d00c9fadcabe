"""The moderators' socket: who is let in, what it says, and how it ends."""

import functools

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import Group, Permission
from django.test import Client

from blog.models import Comment
from frodo import live
from tests import people
from tests.factories import make_comment, make_post
from tests.live.sockets import HEADERS, Socket

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/ws/moderation/"


def story(test):
    """An async test, on an event loop of its own; nothing of it is left behind."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        async_to_sync(test)(*args, **kwargs)
        assert live.hubs == {}

    return run


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def socket_of(client: Client, path: str = PATH, origin: bytes = b"http://localhost") -> Socket:
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return Socket(path, [HEADERS[0], (b"origin", origin), (b"cookie", cookie.encode())])


@pytest.fixture
def desk(ann):
    return signed_in(ann)


@pytest.fixture
def clerk(db):
    """Staff who may change comments, and is no superuser."""
    clerk = people.mallory()
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.add(Permission.objects.get(codename="change_comment"))
    return clerk


async def opened(client: Client) -> Socket:
    socket = socket_of(client)
    assert (await socket.open())["type"] == "websocket.accept"
    assert (await socket.hear())["type"] == "hello"
    return socket


async def closes(socket: Socket, code: int = 4003) -> bool:
    while "closed" not in (data := await socket.hear()):
        pass  # what happened besides
    await socket.leave()
    return data == {"closed": code}


@story
async def test_it_says_that_something_changed_and_no_more(desk):
    socket = await opened(desk)
    post = await sync_to_async(make_post)()

    comment = await sync_to_async(make_comment)(post, text="A secret", state="pending")
    first = await socket.hear()
    data = {"intent": f"approve:{comment.pk}"}
    await sync_to_async(desk.post)("/admin/moderation/decide/", data)
    second = await socket.hear()

    assert first == {"n": first["n"], "type": "queue.changed", "data": {}}
    assert second["n"] == first["n"] + 1  # one transaction, one number
    assert (await sync_to_async(desk.get)("/admin/moderation/counts/")).json()["n"] == second["n"]
    await socket.leave()


@story
async def test_who_missed_something_is_told_to_look(desk):
    post = await sync_to_async(make_post)()
    await sync_to_async(make_comment)(post)
    socket = socket_of(desk, f"{PATH}?since=0")
    await socket.open()

    assert [(await socket.hear())["type"] for _ in range(2)] == ["hello", "reset"]
    await socket.leave()


@story
async def test_others_are_not_let_in(db, bob, desk, clerk):
    await sync_to_async(clerk.user_permissions.clear)()
    clients = [Client(), *[await sync_to_async(signed_in)(user) for user in (bob, clerk)]]
    forged = Client()
    forged.cookies["sessionid"] = "x" * 32

    for client in [*clients, forged]:
        assert (await socket_of(client).open())["type"] == "websocket.close"
    assert (await socket_of(desk, origin=b"https://evil.example").open())["type"] == "websocket.close"


@story
async def test_signing_out_closes_this_session_and_no_other(desk, ann):
    elsewhere = await sync_to_async(signed_in)(ann)
    socket, other = await opened(desk), await opened(elsewhere)

    await sync_to_async(desk.post)("/admin/logout/")

    assert await closes(socket)
    post = await sync_to_async(make_post)()
    await sync_to_async(make_comment)(post)
    assert (await other.hear())["type"] == "queue.changed"
    await other.leave()


def deactivate(clerk):
    clerk.is_active = False
    clerk.save()


def dismiss(clerk):
    clerk.is_staff = False
    clerk.save()


def take_the_right(clerk):
    clerk.user_permissions.clear()


def change_password(clerk):
    clerk.set_password("another one")
    clerk.save()


@pytest.mark.parametrize("action", [deactivate, dismiss, take_the_right, change_password])
def test_who_loses_the_right_is_out_at_once(clerk, action):
    client = signed_in(clerk)

    @story
    async def lose_it():
        socket = await opened(client)
        await sync_to_async(action)(clerk)
        assert await closes(socket)
        assert (await socket_of(client).open())["type"] == "websocket.close"

    lose_it()


def test_the_right_may_come_by_a_group_and_go_with_it(db):
    clerk = people.mallory()
    clerk.is_staff = True
    clerk.save()
    group = Group.objects.create(name="moderators")
    group.permissions.add(Permission.objects.get(codename="change_comment"))
    group.user_set.add(clerk)
    client = signed_in(clerk)

    @story
    async def lose_it():
        socket = await opened(client)
        await sync_to_async(group.permissions.clear)()
        assert await closes(socket)

    lose_it()
    assert not Comment.objects.exists()
