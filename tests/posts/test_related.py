"""Related posts."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from blog.models import Post, Tag
from blog.posts import querysets
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def related(post: Post) -> list[str]:
    shown = async_to_sync(Post.objects.get(pk=post.pk).to_dict)("related")
    return [other["title"] for other in shown["related"]]


def test_those_that_share_most_tags_come_first():
    post = make_post(title="Tea", tags=("tea", "cups"))
    make_post(title="One", tags=("tea",))
    make_post(title="Two", tags=("tea", "cups"))
    make_post(title="None", tags=("walks",))

    assert related(post) == ["Two", "One"]


def test_a_page_asks_for_them_in_a_constant_number_of_queries(django_assert_num_queries):
    post = make_post(tags=("tea", "cups"))
    for n in range(30):
        make_post(title=f"Other {n}", tags=("tea",))

    with django_assert_num_queries(4):  # the post itself, its tags, who shares them, their rows
        assert related(post) == ["Other 29", "Other 28", "Other 27", "Other 26"]


def test_of_a_tag_of_many_posts_the_latest_are_considered_and_of_a_rare_one_all(monkeypatch):
    monkeypatch.setattr(querysets, "N_OF_TAG", 2)
    make_post(title="Old and rare", tags=("tea", "cups"))
    make_post(title="Old", tags=("tea",))
    post = make_post(tags=("tea", "cups"))
    for n in range(2):
        make_post(title=f"Other {n}", tags=("tea",))

    assert related(post) == ["Other 1", "Other 0", "Old and rare"]


def test_drafts_and_posts_to_come_are_not_shown():
    post = make_post(tags=("tea",))
    make_post(title="Draft", tags=("tea",), status="draft")
    make_post(title="Tomorrow", tags=("tea",), published_at=timezone.now() + timedelta(days=1))

    assert related(post) == []


def test_of_equally_many_tags_the_same_language_comes_first():
    post = make_post(tags=("tea",), language="zh-hans")
    make_post(title="中文", tags=("tea",), language="zh-hans")
    make_post(title="English", tags=("tea",), language="en")

    assert related(post) == ["中文", "English"]


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
