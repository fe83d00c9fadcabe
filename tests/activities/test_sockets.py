"""`/ws/activities/`, and the same by HTTP: numbers, what was missed, what cannot be had."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from blog.activities import events, services
from blog.models import Activity, ActivityEvent
from blog.reactions.services import react
from tests.factories import make_activity, make_post
from tests.live.sockets import opened
from tests.live.test_socket import story

ADDRESS = "/ws/activities/"


@pytest.fixture(autouse=True)
def _rows(transactional_db):
    pass


def types(frames: list[dict]) -> list[tuple]:
    return [(frame.get("n"), frame["type"]) for frame in frames]


@story
async def test_what_the_author_does_is_heard():
    activity = await sync_to_async(make_activity)(text="A heron.")
    socket = await opened(ADDRESS)
    assert await socket.hear() == {"type": "hello", "n": 1}

    await sync_to_async(make_activity)(text="Another.")
    await sync_to_async(services.update_activity)(activity, text="A grey heron.")
    await sync_to_async(services.delete_activity)(activity)

    heard = [await socket.hear() for _ in range(3)]
    assert types(heard) == [(2, "activity.posted"), (3, "activity.edited"), (4, "activity.removed")]
    assert heard[0]["data"]["activity"]["text"] == "Another."
    assert heard[1]["data"]["activity"]["html"] == "<p>A grey heron.</p>"
    assert heard[2]["data"]["activity"] == {"id": activity.pk}
    await socket.leave()


@story
async def test_comments_and_reactions_are_counted_live():
    activity = await sync_to_async(make_activity)()
    socket = await opened(ADDRESS)
    await socket.hear()

    said = {"text": "Lovely.", "name": "Bob"}
    from django.test import AsyncClient

    answer = await AsyncClient().post(f"/api/posts/{activity.slug}/comments/", said, content_type="application/json")
    assert answer.status_code == 201, answer.content
    await sync_to_async(react)(activity, "love", visitor="bob")

    counted = [await socket.hear() for _ in range(2)]
    assert types(counted) == [(2, "activity.counted"), (3, "activity.counted")]
    assert counted[1]["data"]["activity"] == {"id": activity.pk, "n_comments": 1, "reactions": {"love": 1}}
    await socket.leave()


@story
async def test_what_happens_to_posts_is_not_told():
    post = await sync_to_async(make_post)()
    await sync_to_async(react)(post, "love", visitor="bob")

    assert not await ActivityEvent.objects.aexists()


@story
async def test_what_was_missed_comes_after_hello():
    for text in ("One.", "Two.", "Three."):
        await sync_to_async(make_activity)(text=text)

    socket = await opened(f"{ADDRESS}?since=1")

    assert await socket.hear() == {"type": "hello", "n": 3}
    assert [(await socket.hear())["data"]["activity"]["text"] for _ in range(2)] == ["Two.", "Three."]
    await socket.leave()


@story
async def test_a_gap_that_cannot_be_filled_is_reset():
    for text in ("One.", "Two.", "Three."):
        await sync_to_async(make_activity)(text=text)
    await ActivityEvent.objects.filter(n=2).adelete()

    for since in (1, 7):
        socket = await opened(f"{ADDRESS}?since={since}")
        assert [await socket.hear(), await socket.hear()] == [{"type": "hello", "n": 3}, {"type": "reset", "n": 3}]
        await socket.leave()


@story
async def test_one_that_comes_due_is_told_by_who_looks_for_lost_events():
    activity = await sync_to_async(make_activity)(published_at=timezone.now() + timedelta(hours=1))
    socket = await opened(ADDRESS)
    assert await socket.hear() == {"type": "hello", "n": 0}
    from frodo import live

    await live.current_hub().sweep_once()
    await Activity.objects.filter(pk=activity.pk).aupdate(published_at=timezone.now())
    await live.current_hub().sweep_once()

    assert types([await socket.hear()]) == [(1, "activity.posted")]
    await socket.leave()


@story
async def test_its_own_page_hears_of_a_card():
    activity = await sync_to_async(make_activity)(links=["https://a.example/"])
    socket = await opened(f"/ws/posts/{activity.pk}/")
    await socket.hear()

    await sync_to_async(services.remove_previews)(activity, ["https://a.example/"])

    heard = await socket.hear()
    assert types([heard]) == [(1, "activity.card")]
    assert heard["data"]["activity"]["links"][0]["state"] == "removed"
    await socket.leave()


def test_the_same_is_asked_by_http(client):
    make_activity(text="One.")
    make_activity(text="Two.")

    answer = client.get("/api/activities/events/?since=1")

    assert answer.headers["Cache-Control"] == "no-store"
    assert [(e["n"], e["type"]) for e in answer.json()["events"]] == [(2, "activity.posted")]
    assert client.get("/api/activities/events/?since=2").json() == {"n": 2, "events": [], "reset": False}
    assert client.get("/api/activities/events/").json() == {"n": 2, "events": [], "reset": False}
    assert client.get("/api/activities/events/?since=x").json()["reset"] is True


def test_old_events_are_pruned_and_numbers_go_on(settings):
    from django.core.management import call_command

    make_activity()
    ActivityEvent.objects.update(created_at=timezone.now() - timedelta(days=31))

    call_command("run_jobs", "delete_activity_events")

    assert not ActivityEvent.objects.exists()
    make_activity()
    assert events.latest() == 2
