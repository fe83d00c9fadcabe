"""Reactions that are not taken, and what they say."""

import json

import pytest
from django.test import Client

from blog.models import CommentReaction, Event, PostReaction
from tests import people
from tests.factories import make_activity, make_comment, make_post

pytestmark = pytest.mark.django_db
URL = "/api/posts/a-walk/reactions/"
FORM = "/post/a-walk/react/"
HERE = {"Origin": "http://testserver"}


@pytest.fixture
def post():
    return make_post(title="A walk")


def put(client, url: str, data, **headers):
    return client.put(url, json.dumps(data), content_type="application/json", headers=headers)


def test_a_kind_that_does_not_exist_is_named(client, post):
    comment = make_comment(post)
    wanted = [
        ({}, {"kind": ["This field is required."]}),
        ({"kind": "hate"}, {"kind": ['"hate" is not a valid choice.']}),
        ({"kind": ""}, {"kind": ['"" is not a valid choice.']}),
        ({"kind": None}, {"kind": ["This field may not be null."]}),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ]

    for data, fields in wanted:
        for url in (URL, f"/api/comments/{comment.pk}/reactions/"):
            answer = put(client, url, data)
            assert (answer.status_code, answer.json()["error"]["fields"]) == (400, fields), data
    assert not PostReaction.objects.exists()
    assert not Event.objects.exists()
    assert "visitor" not in client.cookies


@pytest.mark.parametrize("state", ["pending", "removed"])
def test_nobody_reacts_to_a_comment_that_is_not_shown(client, post, state):
    comment = make_comment(post, state=state)
    url = f"/api/comments/{comment.pk}/reactions/"

    assert put(client, url, {"kind": "love"}).status_code == 404
    assert client.delete(url).status_code == 404
    assert put(client, f"/api/comments/{10**25}/reactions/", {"kind": "love"}).status_code == 404
    assert not CommentReaction.objects.exists()


def test_who_has_not_reacted_takes_nothing_back_and_gets_no_cookie(client, post):
    answer = client.delete(URL)

    assert answer.json() == {"reactions": {}, "mine": None, "n": 0}
    assert "visitor" not in answer.cookies


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A signed-in user reacted from this browser. Sign in to change it."),
        ("zh-hans", "这个浏览器上已有人登录后表过态。请登录后再修改。"),
    ],
)
def test_signed_out_a_browser_is_told_to_sign_in(client, post, bob, language, words):
    put(client, URL, {"kind": "sad"})
    client.force_login(bob)
    put(client, URL, {"kind": "love"})
    client.cookies.pop("sessionid")

    answer = put(client, URL, {"kind": "funny"}, **{"Accept-Language": language})

    assert (answer.status_code, answer.json()["error"]) == (409, {"code": "reacted_signed_in", "message": words})
    assert [reaction.kind for reaction in PostReaction.objects.all()] == ["love"]


def test_too_many_reactions_say_when_to_go_on(client, post, settings):
    settings.REACTION_RATE = "2/900d"
    for kind in ("love", "sad"):
        assert put(client, URL, {"kind": kind}).status_code == 200

    answer = put(client, URL, {"kind": "funny"})

    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_fast"
    assert int(answer["Retry-After"]) > 0
    assert PostReaction.objects.get().kind == "sad"


def test_those_who_run_the_site_are_not_slowed_down(client, post, ann, settings):
    settings.REACTION_RATE = "1/900d"
    client.force_login(ann)

    for kind in ("love", "sad", "funny"):
        assert put(client, URL, {"kind": kind}).status_code == 200


def test_a_reaction_to_a_post_that_was_unpublished_is_not_taken(client, post):
    put(client, URL, {"kind": "love"})
    post.status = "draft"
    post.save()

    assert put(client, URL, {"kind": "sad"}).status_code == 404
    assert client.delete(URL).status_code == 404
    post.status = "published"
    post.save()
    assert client.get("/api/posts/a-walk/").json()["reactions"] == {"love": 1}


def test_closed_comments_can_still_be_reacted_to(client, post):
    post.comments_open = False
    post.save()

    assert put(client, URL, {"kind": "love"}).json()["reactions"] == {"love": 1}


def test_an_activity_is_reacted_to_by_the_url_that_it_names(client):
    activity = make_activity()
    url = client.get(f"/api/activities/{activity.pk}/").json()["reactions_url"]

    assert put(client, url, {"kind": "love"}).json()["reactions"] == {"love": 1}
    assert client.get(f"/api/activities/{activity.pk}/").json()["reactions"] == {"love": 1}


def test_the_form_refuses_other_sites_other_verbs_and_other_kinds(post):
    client = Client()

    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Referer": "https://evil.example/"}):
        assert client.post(FORM, {"kind": "love"}, headers=headers).status_code == 403, headers
    for kind in ("", "hate", "LOVE"):
        assert client.post(FORM, {"kind": kind}, headers=HERE).status_code == 404, kind
    for verb in ("get", "put", "delete"):
        assert getattr(client, verb)(FORM, headers=HERE).status_code == 405, verb
    assert client.post("/post/none/react/", {"kind": "love"}, headers=HERE).status_code == 404
    assert not PostReaction.objects.exists()


def test_the_form_says_when_somebody_is_too_fast(post, settings):
    settings.REACTION_RATE = "1/900d"
    client = Client()
    assert client.post(FORM, {"kind": "love"}, headers=HERE).status_code == 303

    answer = client.post(FORM, {"kind": "sad"}, headers=HERE)

    assert answer.status_code == 429
    assert "Try again" in answer.content.decode()
    assert PostReaction.objects.get().kind == "love"


def test_what_an_account_reacted_is_told_to_that_account_only(client, post):
    comment = make_comment(post)
    client.force_login(people.bob())
    put(client, URL, {"kind": "love"})
    put(client, f"/api/comments/{comment.pk}/reactions/", {"kind": "upvote"})

    own = client.get(f"/api/me/?post={post.pk}").json()["reactions"]
    others = Client().get(f"/api/me/?post={post.pk}").json()["reactions"]

    assert own == {"post": "love", "comments": {str(comment.pk): "upvote"}}
    assert others == {"post": None, "comments": {}}
