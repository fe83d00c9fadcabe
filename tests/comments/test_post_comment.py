import pytest

from blog.models import Comment, Event
from tests import people
from tests.factories import make_comment, make_post

ADDRESS = "/api/posts/a-walk/comments/"


def error(answer) -> str:
    return answer["error"]["code"]


def test_a_guest_comments(say, post):
    said = say("It was **lovely**.", email="bob@example.org")

    assert said["html"] == "<p>It was <strong>lovely</strong>.</p>"
    assert said["author"].pop("avatar").startswith("/avatar/")
    assert said["author"] == {"name": "Bob", "is_author": False}
    assert said["url"] == f"/post/a-walk/#comment-{said['id']}"
    assert said["state"] == "visible"
    assert said["n"] == 1


def test_nothing_private_is_said(say, client):
    said = say("Lovely.", email="bob@example.org")
    comment = Comment.objects.get()

    everything = "".join(
        client.get(address).content.decode()
        for address in ["/post/a-walk/", ADDRESS, f"/api/comments/{said['id']}/", "/api/posts/a-walk/events/?since=0"]
    )
    assert comment.email == "bob@example.org"
    assert "Lovely." in everything
    assert "bob@example.org" not in everything
    assert comment.visitor not in everything


def test_row_event_and_count_are_written_together(say, post):
    say("Lovely.")

    post.refresh_from_db()
    event = Event.objects.get()
    assert (post.n_comments, post.last_event) == (1, 1)
    assert (event.n, event.type) == (1, "comment.posted")
    assert event.data["comment"]["text"] == "Lovely."
    assert event.data["n_comments"] == 1


def test_an_answer_knows_its_parent(say):
    parent = say("Lovely.")

    answer = say("So it was.", parent=parent["id"])

    assert answer["parent"] == parent["id"]


def test_a_reader_who_is_signed_in_needs_no_name(client, say):
    client.force_login(people.bob())

    author = say("Lovely.", name="Somebody else")["author"]

    assert (author["name"], author["is_author"]) == ("Bob", False)


def test_the_author_is_marked(client, say):
    client.force_login(people.ann())

    author = say("Thank you.")["author"]

    assert (author["name"], author["is_author"]) == ("Ann", True)


def test_a_comment_is_listed_and_has_an_address(client, say):
    first, second = say("One."), say("Two.")

    listed = client.get(f"{ADDRESS}?limit=1").json()
    rest = client.get(f"{ADDRESS}?cursor={listed['next']}").json()

    assert [c["id"] for c in listed["comments"]] == [first["id"]]
    assert [c["id"] for c in rest["comments"]] == [second["id"]]
    assert (rest["next"], rest["n"], rest["count"]) == (None, 2, 2)
    assert client.get(f"/api/comments/{first['id']}/").json()["text"] == "One."


def test_it_refuses_where_comments_are_closed(say, post):
    post.comments_open = False
    post.save()

    assert error(say(status=403)) == "comments_closed"


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b", "&nbsp;", "&#8203;", "\u3164"])
def test_it_refuses_what_shows_nothing(say, text):
    answer = say(text, status=400)

    assert error(answer) == "empty"
    assert answer["error"]["fields"]["text"]


def test_it_refuses_too_much(say, settings):
    settings.COMMENT_MAX_LENGTH = 10

    answer = say("01234567890", status=400)

    assert error(answer) == "too_long"
    assert "11" in answer["error"]["message"]


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u200d", "\u202e"])
def test_a_guest_needs_a_name_that_shows(say, name):
    assert error(say(name=name, status=400)) == "name_missing"


@pytest.mark.parametrize("name", ["Ann", "ann", "ＡＮＮ", "A\u200bnn", " Ann ", "A n n", "Ann\u202e", "A\u0336nn"])
def test_nobody_takes_the_name_of_who_writes_here(say, name):
    assert error(say(name=name, status=400)) == "name_taken"


def test_another_vowel_makes_another_name(say, ann):
    ann.display_name = "राम"
    ann.save()

    assert say(name="रमा")["author"]["name"] == "रमा"
    assert error(say(name=" राम", status=400)) == "name_taken"


def test_a_name_is_one_line_without_tricks(say):
    assert say(name="B\u202eo\nb  the\tgood")["author"]["name"] == "Bo b the good"


def test_the_same_words_twice_are_one_comment(say, post):
    say("Lovely.")

    assert error(say("Lovely.", status=409)) == "duplicate"
    assert post.comments.count() == 1


def test_the_same_words_to_somebody_else_are_another_comment(say):
    parent = say("Lovely.")

    assert say("Lovely.", parent=parent["id"])


def test_it_refuses_a_parent_of_another_post(say):
    elsewhere = make_comment(make_post(title="Elsewhere"))

    assert error(say(parent=elsewhere.pk, status=400)) == "no_such_comment"


def test_it_refuses_a_parent_that_is_gone(say, post):
    gone = make_comment(post, state="removed")

    assert error(say(parent=gone.pk, status=400)) == "no_such_comment"


@pytest.mark.parametrize("status", ["draft", "scheduled"])
def test_what_is_not_published_takes_no_comments(client, db, status):
    days_ago = 1 if status == "draft" else -1
    make_post(title="A walk", status=status, days_ago=days_ago)

    answer = client.post(ADDRESS, {"text": "x", "name": "Bob"}, "application/json")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_the_fifth_in_an_hour_is_refused_with_the_time_to_wait(say, settings, client):
    settings.COMMENT_RATE = "4/h"
    for number in range(4):
        say(f"Number {number}.")

    answer = client.post(ADDRESS, {"text": "Number 5.", "name": "Bob"}, "application/json")

    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_fast"
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_the_author_may_go_on(say, settings, client):
    settings.COMMENT_RATE = "1/m"
    client.force_login(people.ann())

    assert [say(f"Number {number}.")["n"] for number in range(3)] == [1, 2, 3]


ODD = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b"NaN",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"text": ["x"], "name": "Bob"}',
    b'{"text": {"a": 1}, "name": "Bob"}',
    b'{"text": "x", "name": "Bob", "parent": "no"}',
    b'{"text": "x", "name": "Bob", "parent": 99999999999999999999999}',
    b'{"text": "x", "name": "Bob", "parent": 1e400}',
    b'{"text": "x", "name": "Bob", "parent": true, "email": 5}',
    b'{"text": "x", "name": "Bob", "email": "no"}',
    b'{"text": "x", "name": 5, "state": "visible", "id": -1, "parent": 0}',
]


@pytest.mark.parametrize("body", ODD)
def test_odd_words_are_the_callers_mistake(client, post, body):
    answer = client.post(ADDRESS, body, "application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"invalid", "parse_error"}


def test_a_flood_of_bytes_is_refused(client, post):
    answer = client.post(ADDRESS, b'{"text": "' + b"x" * 300_000 + b'"}', "application/json")

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_a_stranger_sets_nothing_but_words(say):
    said = say("Lovely.", state="pending", id=77, author="Ann", created_at="2001-01-01", html="<b>", user=1)

    assert said["id"] != 77
    assert said["state"] == "visible"
    assert not said["created_at"].startswith("2001")


@pytest.mark.parametrize("page", ["-1", "x", "9" * 30, "1.5", "²"])
def test_odd_numbers_in_the_query_do_no_harm(client, post, page):
    assert client.get(f"{ADDRESS}?around={page}&limit={page}").status_code == 200
    assert client.get(f"/api/me/?post={page}").status_code == 200
    assert client.get(f"/api/posts/a-walk/events/?since={page}").json()["reset"] is True


def test_a_comment_that_is_not_there(client, post):
    for number in ["7", "9" * 30]:
        assert client.get(f"/api/comments/{number}/").json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("staff", "name"), [("Ann", "Аnn"), ("Bo", "Во"), ("Ian", "lan"), ("Ian", "іan"), ("Анна", "Aннa"), ("Oz", "0z")]
)
def test_a_name_that_looks_like_the_authors_is_refused(client, django_user_model, staff, name):
    django_user_model.objects.create_user("somebody", display_name=staff, role="author", is_staff=True)
    post = make_post()

    answer = client.post(
        f"/api/posts/{post.slug}/comments/", {"text": "Hm.", "name": name}, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "name_taken"


@pytest.mark.parametrize("name", ["Anna", "Анна", "Mia", "安", "Άννα"])
def test_a_name_of_ones_own_is_accepted(client, db, name):
    post = make_post()

    answer = client.post(
        f"/api/posts/{post.slug}/comments/", {"text": "Hm.", "name": name}, content_type="application/json"
    )

    assert answer.status_code == 201
