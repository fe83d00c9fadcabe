"""The events by HTTP: the same numbers and frames as on the socket."""

import pytest
from django.db import transaction

from blog.events import record
from blog.models import Event
from tests.factories import make_post

ADDRESS = "/api/posts/a-walk/events/"


@pytest.fixture
def post(db):
    post = make_post(title="A walk")
    with transaction.atomic():
        for number in range(3):
            record(post, "test", {"number": number})
    return post


def ask(client, since=None) -> dict:
    return client.get(ADDRESS if since is None else f"{ADDRESS}?since={since}").json()


def test_what_happened_since_is_told_in_order(client, post):
    assert ask(client, 1) == {
        "n": 3,
        "events": [{"n": 2, "type": "test", "data": {"number": 1}}, {"n": 3, "type": "test", "data": {"number": 2}}],
        "reset": False,
    }


def test_nothing_happened(client, post):
    assert ask(client, 3) == {"n": 3, "events": [], "reset": False}
    assert ask(client) == {"n": 3, "events": [], "reset": False}


@pytest.mark.parametrize("since", [4, -1, "x"])
def test_a_number_nobody_has_is_reset(client, post, since):
    assert ask(client, since) == {"n": 3, "events": [], "reset": True}


def test_what_was_pruned_is_reset(client, post):
    Event.objects.filter(n__lte=2).delete()

    assert ask(client, 1)["reset"] is True
    assert ask(client, 2)["reset"] is False


def test_too_much_missed_is_reset(client, post, monkeypatch):
    monkeypatch.setattr("blog.posts.event_history.MAX_MISSED", 2)

    assert ask(client, 0)["reset"] is True
    assert ask(client, 1)["reset"] is False


def test_an_unknown_post(client, db):
    assert client.get(ADDRESS).status_code == 404
