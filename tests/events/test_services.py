import pytest
from django.db import transaction

from blog.events import record
from blog.models import Event, Post
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_numbers_rise_by_one_within_a_post():
    one, two = make_post(title="One"), make_post(title="Two")

    numbers = [record(post, "test", {}).n for post in (one, one, two, one)]

    assert numbers == [1, 2, 1, 3]


def test_taken_back_with_its_transaction_it_leaves_no_gap():
    post = make_post()

    with transaction.atomic():
        record(post, "test", {})
        transaction.set_rollback(True)

    assert record(post, "test", {}).n == 1
    assert Event.objects.count() == 1


def test_saving_a_post_that_was_read_a_while_ago_turns_nothing_back(client):
    post = make_post(title="A walk")
    old = Post.objects.get()
    client.post("/api/posts/a-walk/comments/", {"text": "Lovely.", "name": "Bob"}, "application/json")

    old.title = "A long walk"
    old.save()

    post.refresh_from_db()
    assert (post.title, post.n_comments, post.last_event) == ("A long walk", 1, 2)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        record(make_post(), "test", {})
