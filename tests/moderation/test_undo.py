"""Decisions are written down, and undone with one click."""

import pytest

from blog.models import Comment, Decision, Event


def types() -> list[str]:
    return list(Event.objects.values_list("type", flat=True))


@pytest.mark.parametrize(
    ("verb", "events"),
    [
        ("remove", ["comment.removed", "comment.approved"]),
        ("spam", ["comment.removed", "comment.approved"]),
        ("hold", ["comment.removed", "comment.approved"]),
        ("pin", ["comment.edited", "comment.edited"]),
        ("feature", ["comment.edited", "comment.edited"]),
        ("authors", ["comment.edited", "comment.edited"]),
    ],
)
def test_undone_all_is_as_it_was(comment, post, decide, client, ann, verb, events):
    before = client.get("/api/posts/a-walk/comments/").json()["comments"]
    answer = decide(verb, comment)
    decision = Decision.objects.get(pk=answer["decision"])
    assert (decision.by, decision.source, decision.verb) == (ann, "admin", verb)

    decide("undo", decision)
    decide("undo", decision)

    post.refresh_from_db()
    decision.refresh_from_db()
    assert client.get("/api/posts/a-walk/comments/").json()["comments"] == before
    assert (post.n_comments, decision.undone_by) == (1, ann)
    assert types()[1:] == events


def test_approval_undone_it_waits_again(pending, post, decide, client):
    answer = decide("approve", pending)
    assert client.get("/api/posts/a-walk/comments/").json()["count"] == 1

    decide("undo", Decision.objects.get(pk=answer["decision"]))

    pending.refresh_from_db()
    post.refresh_from_db()
    assert (pending.state, post.n_comments) == ("pending", 0)
    assert "I am new" not in client.get("/api/posts/a-walk/events/?since=0").content.decode()


def test_what_was_decided_otherwise_since_stays(comment, decide):
    first = Decision.objects.get(pk=decide("remove", comment)["decision"])
    second = Decision.objects.get(pk=decide("approve", comment)["decision"])

    assert "later decision" in decide("undo", first, status=409)["words"]
    comment.refresh_from_db()
    assert comment.state == "visible"

    decide("undo", second)
    decide("undo", first)
    comment.refresh_from_db()
    assert comment.state == "visible"


def test_pinned_and_the_authors_are_told_to_open_pages(comment, decide, ann):
    decide("pin", comment)
    decide("authors", comment)

    told = Event.objects.last().data["comment"]
    assert told["pinned"] is True
    assert (told["author"]["name"], told["author"]["is_author"]) == ("Ann", True)


def test_what_is_not_seen_is_not_pinned(pending, decide):
    assert "readers see" in decide("pin", pending, status=409)["words"]


def test_the_history_tells_who_what_and_how(pending, decide, desk):
    decide("approve", pending)

    page = desk.get(f"/admin/moderation/{pending.pk}/").content.decode()

    for words in ["approved", "in the admin", "Ann", "pending", "by a rule", "Every comment requires approval."]:
        assert words in page
    assert list(pending.decisions.values_list("verb", "source", "before", "after"))[::-1] == [
        ("hold", "rule", {}, {"state": "pending"}),
        ("approve", "admin", {"state": "pending"}, {"state": "visible"}),
    ]


def test_erased_it_leaves_no_history(comment, decide, desk):
    decide("remove", comment)

    desk.post(f"/admin/blog/comment/{comment.pk}/delete/", {"post": "yes"})

    assert not Comment.objects.exists()
    assert not Decision.objects.exists()
