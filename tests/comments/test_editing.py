"""One's own comment is edited or taken back, while there is time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Comment, Event
from blog.moderation import actions
from tests import people


def at(comment) -> str:
    return f"/api/comments/{comment['id']}/"


def edit(client, comment, text="Better.", status=200, **more) -> dict:
    answer = client.patch(at(comment), {"text": text, **more}, "application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def delete_own_comment(client, comment, status=200) -> dict:
    answer = client.delete(at(comment))
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def later(minutes: float) -> None:
    Comment.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))


def events(client) -> list[dict]:
    return client.get("/api/posts/a-walk/events/?since=0").json()["events"]


def test_edited_it_says_so_and_the_old_words_are_nowhere(client, say):
    said = say("A **slip**.")

    answer = edit(client, said)

    assert (answer["n"], answer["html"], answer["state"]) == (2, "<p>Better.</p>", "visible")
    assert answer["edited_at"]
    heard = events(client)
    assert [event["type"] for event in heard] == ["comment.posted", "comment.edited"]
    assert [event["data"]["comment"]["text"] for event in heard] == ["Better.", "Better."]
    assert heard[1]["data"]["n_comments"] == 1
    page = client.get("/post/a-walk/").content.decode().partition("<template")[0]
    assert "slip" not in page
    assert "comment-edited" in page


def test_taken_back_it_is_gone_and_with_answers_a_place_holder_stays(client, say, post):
    first, second = say("One."), say("Two.")
    say("Yes.", parent=first["id"])

    assert delete_own_comment(client, second)["n"] == 4
    answer = delete_own_comment(client, first)

    assert (answer["state"], answer["text"], answer["author"], answer["n"]) == ("removed", "", None, 5)
    listed = client.get("/api/posts/a-walk/comments/").json()
    assert [(c["state"], c["text"]) for c in listed["comments"]] == [("removed", ""), ("visible", "Yes.")]
    assert listed["count"] == 1
    assert "One." not in str(events(client))
    delete_own_comment(client, first, status=404)
    edit(client, first, status=404)


def test_only_whoever_wrote_it(client, say):
    said = say("Mine.")
    signed_in, other, author = Client(), Client(), Client()
    signed_in.force_login(people.bob())
    author.force_login(people.ann())
    other.post("/api/posts/a-walk/comments/", {"text": "x", "name": "Bob"}, "application/json")

    for stranger in (Client(), signed_in, other, author):
        assert edit(stranger, said, status=403)["error"]["code"] == "not_yours"
        assert delete_own_comment(stranger, said, status=403)["error"]["code"] == "not_yours"
    assert Comment.objects.get(pk=said["id"]).text == "Mine."


def test_who_is_signed_in_edits_from_anywhere(client, say):
    client.force_login(people.bob())
    said = say("Mine.")
    elsewhere = Client()
    elsewhere.force_login(people.bob())

    assert edit(elsewhere, said)["text"] == "Better."


def test_after_a_while_it_is_too_late_but_not_for_the_author(client, say):
    said = say("Mine.")
    later(14)
    assert edit(client, said)["text"] == "Better."
    later(16)
    assert edit(client, said, "Best.", status=403)["error"]["code"] == "edit_window_passed"
    assert delete_own_comment(client, said, status=403)["error"]["code"] == "edit_window_passed"

    client.force_login(people.ann())
    said = say("Ann's.")
    later(10**5)
    assert edit(client, said)["text"] == "Better."


def test_a_page_is_told_what_may_be_changed_and_until_when(client, say, post):
    old, new = say("Old."), say("New.")
    Comment.objects.filter(pk=old["id"]).update(created_at=timezone.now() - timedelta(hours=1))

    until = client.get(f"/api/me/?post={post.pk}").json()["editable"]

    assert list(until) == [str(new["id"])]
    assert until[str(new["id"])].endswith("Z")
    assert Client().get(f"/api/me/?post={post.pk}").json()["editable"] == {}


@pytest.mark.parametrize(("text", "code"), [("", "empty"), ("&nbsp;", "empty"), ("x" * 10_001, "too_long")])
def test_what_cannot_be_posted_cannot_be_edited_in(client, say, text, code):
    assert edit(client, say("Mine."), text, status=400)["error"]["code"] == code


def test_nothing_but_the_words_is_changed(client, say):
    answer = edit(client, say("Mine."), name="Ann", state="pending", pinned=True, created_at="2001-01-01")

    assert (answer["author"]["name"], answer["state"], answer["pinned"]) == ("Bob", "visible", False)
    assert not answer["created_at"].startswith("2001")


def test_the_same_words_are_no_edit(client, say):
    answer = edit(client, say("Mine."), " Mine. ")

    assert (answer["n"], answer["edited_at"]) == (None, None)


def test_closed_comments_are_not_edited_but_can_be_taken_back(client, say, post):
    said = say("Mine.")
    post.comments_open = False
    post.save()

    assert edit(client, said, status=403)["error"]["code"] == "comments_closed"
    assert delete_own_comment(client, said)["state"] == "removed"


def test_a_held_one_is_edited_by_its_writer_and_stays_held(client, say, settings):
    settings.COMMENT_APPROVAL = "first"
    said = say("Hello.")

    answer = edit(client, said)
    assert (answer["state"], answer["text"], answer["n"]) == ("pending", "Better.", None)
    assert not Event.objects.exists()
    edit(Client(), said, status=404)
    actions.approve(Comment.objects.get())
    assert events(client)[0]["data"]["comment"]["text"] == "Better."


def test_what_must_wait_after_an_edit_is_gone_until_it_is_approved(client, say, settings, post):
    said = say("Hello.")
    say("Hello!", parent=said["id"], name="Eve")
    Comment.objects.filter(name="Eve").update(visitor="")
    settings.COMMENT_APPROVAL = "first"

    answer = edit(client, said, "Buy my book.")

    assert (answer["state"], answer["text"], answer["n"]) == ("pending", "Buy my book.", 3)
    post.refresh_from_db()
    assert post.n_comments == 1
    told = str(events(client))
    assert "Buy my book." not in told
    assert "Hello." not in told
    assert [c["text"] for c in client.get(f"/api/me/?post={post.pk}").json()["pending"]] == ["Buy my book."]


def test_too_many_edits_are_refused(client, say, settings):
    said = say("Mine.")
    settings.COMMENT_RATE = "1/365d"
    edit(client, said)

    assert edit(client, said, "Best.", status=429)["error"]["code"] == "too_fast"


def test_another_site_edits_nothing(say):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.bob())
    token = client.get("/api/me/").json()["csrf"]
    address = "/api/posts/a-walk/comments/"
    said = client.post(address, {"text": "Mine."}, "application/json", headers={"X-CSRFToken": token}).json()

    edit(client, said, status=403)
    delete_own_comment(client, said, status=403)
    elsewhere = {"Sec-Fetch-Site": "cross-site", "X-CSRFToken": token}
    assert client.delete(at(said), headers=elsewhere).status_code == 403


def test_two_devices_do_not_overwrite_each_others_words(client, say):
    address = at(say("One."))
    headers = {"if-match": client.get(address)["ETag"]}

    first = client.patch(address, {"text": "Two."}, content_type="application/json", headers=headers)
    second = client.patch(address, {"text": "Three."}, content_type="application/json", headers=headers)

    assert (first.status_code, second.status_code) == (200, 409)
    error = second.json()["error"]
    assert (error["current"]["text"], error["yours"]["text"]) == ("Two.", "Three.")
    assert client.delete(address, headers=headers).status_code == 409
    assert client.delete(address, headers={"if-match": second["ETag"]}).status_code == 200
