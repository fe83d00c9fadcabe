"""Saying that one writes: whose name may be shown to whom."""

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.test import Client

from blog.comments.presence import RATE
from frodo import live, rate_limits
from tests import people
from tests.factories import make_post

ADDRESS = "/api/posts/a-walk/writing/"


@pytest.fixture(autouse=True)
def _shown(settings):
    settings.SHOW_PRESENCE = True


def told(post, deeds) -> list[str]:
    """The names that the hubs hear of while the deeds are done."""

    async def listen() -> list[str]:
        layer, room = get_channel_layer(), live.room_name("post", post.pk)
        channel = await layer.new_channel()
        await layer.group_add(room, channel)
        await sync_to_async(deeds)()
        await layer.group_send(room, {"type": "the end"})
        heard = []
        while (message := await layer.receive(channel))["type"] != "the end":
            heard.append(message["name"])
        await layer.group_discard(room, channel)
        return heard

    return async_to_sync(listen)()


def write(client, status=204, **said):
    answer = client.post(ADDRESS, said, "application/json")
    assert answer.status_code == status, answer.content
    assert not answer.cookies
    return answer.json() if answer.content else None


def test_a_guests_name_an_accounts_and_none(client, post):
    def deeds():
        write(client, name="Eve")
        write(client)
        write(client, name="\u202e \u200b")
        client.force_login(people.bob())
        write(client, name="Somebody else")

    assert told(post, deeds) == ["Eve", "Bob"]


def test_a_guest_does_not_show_the_name_of_who_writes_here(client, post):
    def deeds():
        assert write(client, 400, name="Ａnn")["error"]["code"] == "name_taken"

    assert told(post, deeds) == []


def test_who_must_wait_for_approval_is_not_named(client, settings, post, say):
    say("Hello.", name="Eve")
    settings.COMMENT_APPROVAL = "first"

    def deeds():
        write(client)
        write(Client(), name="Buy my book")

    assert told(post, deeds) == ["Eve"]


def test_where_it_is_not_shown_it_is_not_told(client, settings, post):
    settings.SHOW_PRESENCE = False

    def deeds():
        assert write(client, 404, name="Eve")["error"]["code"] == "not_found"

    assert told(post, deeds) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"name": ["x"]}', b'{"name": "' + b"x" * 61 + b'"}'])
def test_odd_words_are_the_callers_mistake(client, post, body):
    assert client.post(ADDRESS, body, "application/json").status_code == 400


def is_too_often(client) -> bool:
    for _ in range(RATE.times):
        rate_limits.take("writing", "127.0.0.1", RATE)
    return client.post(ADDRESS, {"name": "Eve"}, "application/json").status_code == 429


def test_closed_unpublished_from_elsewhere_and_too_often(client, post):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(ADDRESS, {"name": "Eve"}, "application/json", headers=elsewhere).status_code == 403
    make_post(title="Draft", status="draft")
    assert client.post("/api/posts/draft/writing/", {}, "application/json").status_code == 404
    post.comments_open = False
    post.save()
    assert write(client, 403, name="Eve")["error"]["code"] == "comments_closed"
    post.comments_open = True
    post.save()
    assert any(is_too_often(client) for _ in range(3))  # a minute may end just then
