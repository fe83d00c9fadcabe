"""Comments that are posted at the same moment share a transaction, and nothing else."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from blog.comments.group_commit import Duplicate, NewComment, NoSuchParent, insert_together
from blog.models import Comment, Event, Post
from tests import people
from tests.factories import make_comment, make_post

N_WRITERS = 8
EACH = 25


def new(post: Post, text: str, parent: int | None = None, **fields) -> NewComment:
    return NewComment(Comment(post=Post.objects.get(pk=post.pk), name="Bob", text=text, **fields), parent)


@pytest.mark.django_db
def test_each_has_an_outcome_of_its_own():
    post, other = make_post(title="A walk"), make_post(title="A river")
    first = make_comment(post)
    one, answer, pending = new(post, "One"), new(post, "Two", first.pk), new(post, "Three", state="pending")
    elsewhere = new(other, "One")

    outcomes = insert_together(
        [one, new(post, "One"), answer, new(other, "Two", first.pk), pending, elsewhere, new(post, "Four", 10**9)]
    )

    assert [outcome and type(outcome) for outcome in outcomes] == [
        *(None, Duplicate, None, NoSuchParent, None, None, NoSuchParent)
    ]
    assert [each.comment.event for each in (one, answer, pending, elsewhere)] == [1, 2, None, 1]
    events = Event.objects.order_by("post_id", "n").values_list("post_id", "n", "data__comment__text")
    assert list(events) == [(post.pk, 1, "One"), (post.pk, 2, "Two"), (other.pk, 1, "One")]
    assert list(Post.objects.order_by("pk").values_list("n_comments", "last_event")) == [(2, 2), (1, 1)]
    assert [event.data["n_comments"] for event in Event.objects.filter(post=post)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_one_that_the_database_refuses_does_not_take_the_others_with_it():
    post = make_post()
    user = User.objects.get(pk=people.bob().pk)
    one, deleted, two = new(post, "One"), new(post, "Two", user=user), new(post, "Three")
    User.objects.get(pk=user.pk).delete()

    outcomes = insert_together([one, deleted, two])

    assert [type(outcome).__name__ for outcome in outcomes] == ["NoneType", "IntegrityError", "NoneType"]
    assert list(post.comments.values_list("text", flat=True)) == ["One", "Three"]
    assert [each.comment.event for each in (one, two)] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_guests_comment_takes_few_statements(client):
    make_post(title="A walk")

    def post(text: str) -> int:
        body = {"text": text, "name": "Bob"}
        return client.post("/api/posts/a-walk/comments/", body, content_type="application/json").status_code

    assert post("One") == 201
    with CaptureQueriesContext(connection) as queries:
        assert post("Two") == 201
    asked = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
    assert len(asked) == 10, asked


def test_no_writer_is_overtaken_for_long(server):
    """While one comment waits, each of the other writers gets in a few of theirs, not all of them."""
    server.run("from tests.factories import make_post; make_post(title='A walk')")
    ids = [0]

    def write(who: int) -> list[int]:
        overtaken = []
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as one:
            for n in range(EACH):
                body = json.dumps({"text": f"Number {who} {n}", "name": "Bob"})
                latest = max(ids)
                one.request("POST", "/api/posts/a-walk/comments/", body, {"Content-Type": "application/json"})
                answer = one.getresponse()
                assert answer.status == 201
                key = json.load(answer)["id"]
                ids.append(key)
                overtaken.append(key - latest - 1)
        return overtaken

    with ThreadPoolExecutor(N_WRITERS) as people:
        overtaken = [each for writer in people.map(write, range(N_WRITERS)) for each in writer]

    assert max(overtaken) < 5 * N_WRITERS
