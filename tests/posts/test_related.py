"""Related posts are worked out once and kept; after a save nobody sees the old ones."""

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import caches

from blog.models import Post, Tag
from tests.factories import make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_kept():
    caches["models"].clear()


def related(post: Post) -> list[str]:
    shown = async_to_sync(Post.objects.get(pk=post.pk).to_dict)("related")
    return [other["title"] for other in shown["related"]]


def test_those_that_share_most_tags_come_first():
    post = make_post(title="Tea", tags=("tea", "cups"))
    make_post(title="One", tags=("tea",))
    make_post(title="Two", tags=("tea", "cups"))
    make_post(title="None", tags=("walks",))

    assert related(post) == ["Two", "One"]


def test_they_are_kept(django_assert_num_queries):
    post = make_post(tags=("tea",))
    make_post(title="One", tags=("tea",))
    related(post)

    with django_assert_num_queries(1):  # the post itself
        assert related(post) == ["One"]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (lambda other: Post.objects.get(pk=other.pk).delete(), []),
        (lambda other: other.tags.clear(), []),
        (lambda other: save(other, status="draft"), []),
        (lambda other: save(other, title="Renamed"), ["Renamed"]),
        (lambda other: Tag.objects.get(name="tea").delete(), []),
    ],
)
def test_a_change_of_the_other_is_seen_at_once(change, after):
    post, other = make_post(tags=("tea",)), make_post(title="One", tags=("tea",))
    assert related(post) == ["One"]

    change(other)

    assert related(post) == after


def test_a_post_that_joins_is_seen_at_once():
    post = make_post(tags=("tea",))
    assert related(post) == []

    make_post(title="One", tags=("tea",))

    assert related(post) == ["One"]


def save(post: Post, **fields) -> None:
    for name, value in fields.items():
        setattr(post, name, value)
    post.save()
