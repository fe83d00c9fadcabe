"""With COMMENT_APPROVAL=first, the first comment of a person waits for the author."""

import pytest

from blog.models import Comment, Event
from blog.moderation import actions
from tests import people


@pytest.fixture(autouse=True)
def _hold(settings):
    settings.COMMENT_APPROVAL = "first"


def test_it_is_held_and_nobody_hears_of_it(say, post, client):
    said = say("Hello, I am new.")

    post.refresh_from_db()
    assert (said["state"], said["n"], said["text"]) == ("pending", None, "Hello, I am new.")
    assert (post.n_comments, post.last_event) == (0, 0)
    assert not Event.objects.exists()
    assert "I am new" not in client.get("/post/a-walk/").content.decode()


def test_its_writer_sees_it_and_nobody_else_does(say, client, post, client_of_somebody_else):
    said = say("Hello, I am new.")

    mine = client.get(f"/api/me/?post={post.pk}").json()
    theirs = client_of_somebody_else.get(f"/api/me/?post={post.pk}").json()

    assert [pending["text"] for pending in mine["pending"]] == ["Hello, I am new."]
    assert mine["guest"] == {"name": "Bob"}
    assert client.get(f"/api/comments/{said['id']}/").json()["state"] == "pending"
    assert {name: theirs[name] for name in ("user", "guest", "pending")} == {"user": None, "guest": None, "pending": []}
    assert client_of_somebody_else.get(f"/api/comments/{said['id']}/").status_code == 404


def test_approved_it_is_told_whole(say, post):
    said = say("Hello, I am new.")

    actions.approve(Comment.objects.get())

    event = Event.objects.get()
    assert (event.n, event.type) == (1, "comment.approved")
    assert event.data["comment"]["text"] == "Hello, I am new."
    assert event.data["comment"]["id"] == said["id"]


def test_whose_words_were_approved_is_no_stranger(say):
    say("Hello, I am new.")
    actions.approve(Comment.objects.get())

    assert say("Me again.")["state"] == "visible"


def test_a_reader_who_signed_in_is_known_by_the_account(say, client):
    client.force_login(people.bob())
    assert say("Hello, I am new.")["state"] == "pending"

    actions.approve(Comment.objects.get())

    assert say("Me again.")["state"] == "visible"


def test_the_author_is_no_stranger(say, client):
    client.force_login(people.ann())

    assert say("Welcome.")["state"] == "visible"


def test_a_forged_cookie_is_nobodys(say, client, post):
    client.cookies["visitor"] = "eyJpZCI6IngifQ:forged:forged"

    assert client.get(f"/api/me/?post={post.pk}").json()["guest"] is None
    assert say("Hello.")["state"] == "pending"


@pytest.fixture
def client_of_somebody_else():
    from django.test import Client

    return Client()
