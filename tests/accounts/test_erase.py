"""Erasing one's own data, by oneself."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from blog.models import Comment, Event, Post
from blog.notifications.models import Subscriber
from blog.posts import trash
from tests.accounts.browser_sessions import come_in
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, github):
    """Bilbo's browser, signed in by GitHub."""
    come_in(client)
    return client


@pytest.fixture
def walk(ann):
    return make_post(title="A walk", slug="a-walk")


def say(client, text: str, **said) -> int:
    answer = client.post("/api/posts/a-walk/comments/", {"text": text, **said}, "application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def react(client, address: str) -> None:
    assert client.put(f"/api/{address}/reactions/", {"kind": "love"}, "application/json").status_code == 200


def erase(client, words: str, address: str = "/accounts/me/erase/", confirm: str = "erase", **said):
    return client.post(address, {"words": words, "confirm": confirm, **said})


def traces(word: str) -> list[str]:
    """Wherever the database still says it."""
    rows = [str(row) for model in (Comment, Event, User, SocialAccount) for row in model.objects.values()]
    return [row for row in rows if word in row]


def test_the_account_and_the_comments_go(reader, walk):
    say(reader, "I was there.")
    say(reader, "And there.")

    answer = erase(reader, "remove")

    assert answer.url == "/accounts/erased/"
    assert reader.get(answer.url).status_code == 200
    assert not Comment.objects.exists()
    assert not User.objects.filter(display_name="Bilbo").exists()
    assert not traces("Bilbo")
    assert not traces("bilbo")
    assert not traces("I was there")
    assert "sessionid" not in reader.cookies or not reader.cookies["sessionid"].value


def test_where_others_have_answered_an_empty_place_stays(reader, walk):
    mine = say(reader, "I was there.")
    say(Client(), "Were you?", name="Eve", parent=mine)

    erase(reader, "remove")

    thread = Client().get("/api/posts/a-walk/comments/").json()["comments"]
    assert [(said["state"], said["author"] and said["author"]["name"]) for said in thread] == [
        ("removed", None),
        ("visible", "Eve"),
    ]
    assert not traces("I was there")


def test_the_words_may_stay_without_a_name(reader, walk):
    mine = say(reader, "I was there.")
    pending = make_comment(walk, user=User.objects.get(display_name="Bilbo"), text="Not seen yet", state="pending")
    events = walk.events.count()

    erase(reader, "keep")

    comment = Comment.objects.get()
    assert (comment.pk, comment.name, comment.user, comment.text) == (mine, "Anonymous", None, "I was there.")
    assert pending.pk != mine
    assert not traces("Bilbo")
    assert walk.events.count() == events + 1
    last = walk.events.last()
    assert last.type == "comment.edited"
    assert last.data["comment"]["author"]["name"] == "Anonymous"
    assert "I was there." in Client().get("/post/a-walk/").content.decode()


def test_reactions_go_and_the_counts_with_them(reader, walk):
    theirs = say(Client(), "So was I.", name="Eve")
    for address in ("posts/a-walk", f"comments/{theirs}"):
        react(reader, address)
        react(Client(), address)

    erase(reader, "keep")

    assert Client().get(f"/api/comments/{theirs}/").json()["reactions"] == {"love": 1}
    assert Post.objects.get().reactions == {"love": 1}


def test_what_is_known_of_the_mailbox_goes(reader):
    Subscriber.objects.of("bilbo@shire.example")

    erase(reader, "keep")

    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("said", [{"confirm": ""}, {"confirm": "yes"}, {"words": ""}, {"words": "all"}])
def test_it_must_be_meant(reader, walk, said):
    say(reader, "I was there.")

    answer = erase(reader, **{"words": "remove", **said})

    assert answer.status_code == 400
    assert User.objects.filter(display_name="Bilbo").exists()
    assert Comment.objects.exists()


def test_who_has_a_password_says_it(client, bob):
    client.force_login(bob)

    assert erase(client, "remove", password="guessed").status_code == 400
    assert erase(client, "remove", password="bob's password").status_code == 302
    assert not User.objects.filter(username="bob").exists()


def test_the_author_is_told_why_she_cannot(desk, walk):
    page = desk.get("/accounts/me/erase/").content.decode()
    answer = erase(desk, "remove", password="ann's password")

    assert "You have published posts" in page
    assert "You are a staff member" in page
    assert answer.status_code == 403
    assert User.objects.filter(username="ann").exists()


def test_who_was_an_author_is_told_so_too(client, bob):
    make_post(author=bob)
    client.force_login(bob)

    assert erase(client, "keep", password="bob's password").status_code == 403
    assert User.objects.filter(username="bob").exists()


def test_posts_in_the_trash_go_with_the_account(client, bob):
    client.force_login(bob)
    kept, thrown_away = make_post(title="Kept"), make_post(title="Thrown away", author=bob)
    make_comment(thrown_away, text="Why?")
    trash.put(thrown_away)

    assert erase(client, "remove", password="bob's password").url == "/accounts/erased/"

    assert list(Post.threads.all()) == [kept]
    assert not User.objects.filter(pk=bob.pk).exists()


def test_a_guest_erases_what_this_browser_wrote(client, walk):
    say(client, "I was there.", name="Eve", email="eve@example.org")
    say(Client(), "So was I.", name="Eve")
    react(client, "posts/a-walk")

    answer = erase(client, "remove", "/accounts/guest/erase/")

    assert answer.status_code == 302
    assert [comment.text for comment in Comment.objects.all()] == ["So was I."]
    assert not client.cookies["visitor"].value
    assert not traces("eve@example.org")
    assert Post.objects.get().reactions == {}


def test_a_guest_may_leave_the_words_there(client, walk):
    say(client, "I was there.", name="Eve", email="eve@example.org")

    erase(client, "keep", "/accounts/guest/erase/")

    comment = Comment.objects.get()
    assert (comment.name, comment.visitor, comment.email) == ("Anonymous", "", "")
    assert not traces("Eve")


def test_it_reaches_nobody_elses(reader, walk):
    say(Client(), "So was I.", name="Bilbo")

    erase(reader, "remove")

    assert Comment.objects.get().text == "So was I."


def test_what_was_erased_in_part_is_erased_by_doing_it_again(reader, walk):
    say(reader, "I was there.")
    Comment.objects.update(name="", user=User.objects.get(display_name="Bilbo"))

    assert erase(reader, "remove").status_code == 302
    assert not Comment.objects.exists()


def test_the_word_is_that_of_the_readers_language(reader):
    chinese = {"headers": {"accept-language": "zh-hans"}}

    page = reader.get("/accounts/me/erase/", **chinese).content.decode()
    answer = reader.post("/accounts/me/erase/", {"words": "remove", "confirm": "删除"}, **chinese)

    assert "“删除”" in page
    assert answer.status_code == 302
