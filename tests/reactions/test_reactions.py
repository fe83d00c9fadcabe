"""One reaction of one person to one thing: given, changed, taken back, told."""

import pytest
from django.test import Client

from blog.models import Comment, Event, Post
from blog.moderation import actions
from blog.reactions.services import delete_all_reactions
from tests import people
from tests.factories import make_comment, make_post

TO_POST = "/api/posts/a-walk/reactions/"


@pytest.fixture
def post(db):
    return make_post(title="A walk")


@pytest.fixture
def comment(post):
    return make_comment(post, user=people.ann(), name="Ann")


def to(comment) -> str:
    return f"/api/comments/{comment.pk}/reactions/"


def put(client, address, kind, status=200) -> dict:
    answer = client.put(address, {"kind": kind}, "application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_given_changed_and_taken_back(client, post):
    given = put(client, TO_POST, "love")
    changed = put(client, TO_POST, "sad")
    taken_back = client.delete(TO_POST).json()

    assert given == {"reactions": {"love": 1}, "mine": "love", "n": 1}
    assert changed == {"reactions": {"sad": 1}, "mine": "sad", "n": 2}
    assert taken_back == {"reactions": {}, "mine": None, "n": 3}


def test_the_same_again_changes_nothing_and_tells_nobody(client, post):
    put(client, TO_POST, "love")

    assert put(client, TO_POST, "love") == {"reactions": {"love": 1}, "mine": "love", "n": 1}
    client.delete(TO_POST)
    assert client.delete(TO_POST).json()["n"] == 2
    assert Event.objects.count() == 2


def test_of_several_people_each_counts_once_in_the_order_of_kinds(post, comment):
    for kind in ["sad", "love", "upvote", "love"]:
        said = put(Client(), to(comment), kind)

    assert list(said["reactions"].items()) == [("upvote", 1), ("love", 2), ("sad", 1)]
    shown = Client().get(f"/api/comments/{comment.pk}/").json()
    assert (shown["reactions"], shown["score"]) == (said["reactions"], 3)
    assert Client().get("/api/posts/a-walk/").json()["reactions"] == {}


def test_it_is_told_by_number(client, post, comment):
    put(client, to(comment), "funny")
    put(client, TO_POST, "upvote")

    events = client.get("/api/posts/a-walk/events/?since=0").json()["events"]
    assert events == [
        {"n": 1, "type": "reactions.changed", "data": {"comment": comment.pk, "reactions": {"funny": 1}}},
        {"n": 2, "type": "reactions.changed", "data": {"comment": None, "reactions": {"upvote": 1}}},
    ]


def test_one_is_told_ones_own(client, post, comment):
    put(client, TO_POST, "love")
    put(client, to(comment), "sad")

    mine = client.get(f"/api/me/?post={post.pk}").json()["reactions"]
    theirs = Client().get(f"/api/me/?post={post.pk}").json()["reactions"]
    assert mine == {"post": "love", "comments": {str(comment.pk): "sad"}}
    assert theirs == {"post": None, "comments": {}}


def test_a_guest_who_signs_in_has_one_vote(client, post):
    put(client, TO_POST, "love")
    client.force_login(people.bob())
    assert client.get(f"/api/me/?post={post.pk}").json()["reactions"]["post"] == "love"

    assert put(client, TO_POST, "sad")["reactions"] == {"sad": 1}
    assert signed_in(people.bob()).get(f"/api/me/?post={post.pk}").json()["reactions"]["post"] == "sad"


def test_of_a_guests_vote_and_an_accounts_the_accounts_stays(client, post):
    put(signed_in(people.bob()), TO_POST, "sad")
    put(client, TO_POST, "love")
    client.force_login(people.bob())

    assert put(client, TO_POST, "sad")["reactions"] == {"sad": 1}


def test_signed_out_the_browser_has_no_second_vote(client, post):
    client.force_login(people.bob())
    put(client, TO_POST, "love")
    visitor = client.cookies["visitor"].value
    client.logout()
    client.cookies["visitor"] = visitor

    assert put(client, TO_POST, "love", status=409)["error"]["code"] == "reacted_signed_in"
    client.force_login(people.mallory())
    assert put(client, TO_POST, "love")["reactions"] == {"love": 2}


@pytest.mark.parametrize("state", ["pending", "removed"])
def test_only_what_is_seen_takes_reactions(client, post, state):
    hidden = make_comment(post, state=state)

    assert put(client, to(hidden), "love", status=404)["error"]["code"] == "not_found"


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"status": "scheduled", "days_ago": -1}])
def test_what_is_not_published_takes_none(client, db, fields):
    hidden = make_comment(make_post(title="A walk", **fields))

    assert put(client, TO_POST, "love", status=404)["error"]["code"] == "not_found"
    assert client.delete(to(hidden)).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b'{"kind": "hate"}', b'{"kind": ["love"]}', b'{"kind": 1}']
)
def test_odd_words_are_the_callers_mistake(client, post, body):
    answer = client.put(TO_POST, body, "application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"invalid", "parse_error"}
    assert not answer.cookies


def test_another_site_does_not_react_for_its_reader(post):
    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.put(TO_POST, {"kind": "love"}, "application/json", headers={"Origin": "https://x.example"}).status_code
        == 403
    )
    strict.force_login(people.bob())
    assert strict.put(TO_POST, {"kind": "love"}, "application/json").status_code == 403
    assert strict.delete(TO_POST).status_code == 403


def test_too_many_are_refused_with_the_time_to_wait(client, post, settings):
    settings.REACTION_RATE = "2/365d"
    put(client, TO_POST, "love")
    put(client, TO_POST, "sad")

    assert put(client, TO_POST, "love", status=429)["error"]["code"] == "too_fast"


def test_who_throws_the_cookie_away_does_not_vote_without_end(post, settings):
    settings.REACTION_RATE_NEW_BROWSERS = "3/365d"

    answers = [Client().put(TO_POST, {"kind": "love"}, "application/json").status_code for _ in range(5)]

    assert answers == [200, 200, 200, 429, 429]
    assert Post.objects.get().reactions == {"love": 3}


def test_a_removed_comment_keeps_what_it_had_for_the_day_it_comes_back(client, post, comment):
    put(client, to(comment), "love")

    actions.remove(comment)
    actions.approve(Comment.objects.get())

    assert client.get(f"/api/comments/{comment.pk}/").json()["reactions"] == {"love": 1}


def test_who_leaves_takes_ones_reactions_along(post, comment):
    for user in (people.bob(), people.mallory()):
        put(signed_in(user), TO_POST, "love")
        put(signed_in(user), to(comment), "love")

    guest = Client()
    put(guest, TO_POST, "love")

    delete_all_reactions(user=people.bob())
    delete_all_reactions(visitor=Post.objects.get().given.get(user=None).visitor)

    assert (Post.objects.get().reactions, Comment.objects.get().reactions) == ({"love": 1}, {"love": 1})


@pytest.mark.parametrize("n", [1, 10, 100])
def test_ones_own_take_as_many_queries_for_one_as_for_a_hundred(client, post, django_assert_num_queries, n):
    put(client, TO_POST, "love")
    for comment in [make_comment(post, text=str(i)) for i in range(n)]:
        comment.given.create(who=Post.objects.get().given.get().who, kind="love")

    with django_assert_num_queries(5):
        assert len(client.get(f"/api/me/?post={post.pk}").json()["reactions"]["comments"]) == n
