"""Which changes make which pages stale."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import update_last_login
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from blog.cache_purging import purge_pages
from blog.comments.services import create_comment
from blog.importers.demo import remove_demo, write_demo
from blog.models import Comment, Post, Redirect, SiteVersion, Tag
from blog.moderation import actions
from blog.posts import services
from blog.posts.page_cache_source import PageCacheSource
from tests import people
from tests.factories import make_comment, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """Run a deed as one transaction; what was told of it: None, or what it was about and whether it took away."""

    def run(action):
        changes = []
        monkeypatch.setattr("blog.cache_purging.publish_change", changes.append)
        connection.page_purge = None
        with django_capture_on_commit_callbacks(execute=True):
            action()
        assert len(changes) <= 1, "one transaction is told once"
        if not changes:
            return None
        assert changes[0].n == SiteVersion.objects.get().n
        return changes[0].about, changes[0].is_hard

    return run


ALL, ALL_GONE = (None, False), (None, True)


def test_a_post_that_readers_see(told):
    post = make_post()

    assert told(lambda: Post.objects.get().save()) == ALL
    assert told(lambda: Post.objects.only("slug").get().save(update_fields=["slug"])) == ALL
    assert told(lambda: post.tags.add(Tag.objects.create(name="tea"))) == ALL
    assert told(lambda: Tag.objects.get().posts.clear()) == ALL
    assert told(lambda: Post.objects.get().delete()) == ALL_GONE


def test_a_post_that_appears_and_disappears(told):
    make_post(status="draft")

    assert told(lambda: services.publish(Post.objects.all())) == ALL
    assert told(lambda: services.unpublish(Post.objects.all())) == ALL_GONE


def test_the_same_object_saved_again_and_again(told):
    post = make_post(status="draft")
    for status, expected in (("published", ALL), ("draft", ALL_GONE), ("draft", None), ("published", ALL)):
        post.status = status
        assert told(post.save) == expected


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"days_ago": -3}])
def test_one_that_readers_do_not_see_yet_changes_nothing(told, fields):
    assert told(lambda: make_post(**fields)) is None
    assert told(lambda: Post.objects.get().save()) is None
    tag = Tag.objects.create(name="tea")
    assert told(lambda: Post.objects.get().tags.add(tag)) is None


def test_a_post_put_off_is_taken_away(told):
    post = make_post()
    post.published_at = timezone.now() + timedelta(days=1)

    assert told(post.save) == ALL_GONE


def test_one_whose_time_came_after_it_was_loaded(told):
    post = make_post(days_ago=-1)
    post = Post.objects.get()
    post.shown_since = timezone.now()  # it is tomorrow
    post.status = "draft"

    assert told(post.save) == ALL_GONE


def test_actions_of_the_desk(told, desk):
    post = make_post()
    for action in ("pin", "close_comments", "open_comments", "unpin"):
        data = {"action": action, "_selected_action": [post.pk]}
        assert told(lambda data=data: desk.post("/admin/blog/post/", data)) == ALL


def test_pages_tags_topics_and_addresses(told, ann):
    page = make_page()
    assert told(page.save) == ALL
    page.is_published = False
    assert told(page.save) == ALL_GONE
    assert told(page.delete) == ALL_GONE
    assert told(make_topic) == ALL
    assert told(lambda: Tag.objects.create(name="tea")) == ALL
    assert told(lambda: Tag.objects.all().delete()) == ALL
    post = make_post()
    assert told(lambda: Redirect.objects.create(path="/old", post=post)) == ALL
    assert told(lambda: Redirect.objects.all().delete()) == ALL


def test_who_writes(told, ann):
    ann.display_name = "Anna"
    assert told(ann.save) == ALL
    assert told(lambda: ann.save(update_fields=["bio"])) == ALL
    assert told(lambda: update_last_login(None, ann)) is None
    assert told(lambda: ann.save(update_fields=["password"])) is None
    assert told(people.bob) is None
    assert told(lambda: people.bob().delete()) == ALL


def test_a_comment_is_about_its_post(told):
    post = make_post()
    about = (str(post.pk),)

    assert told(lambda: create_comment(post, text="Lovely.", name="Bob")) == (about, False)
    assert told(lambda: actions.mark_pending(Comment.objects.get())) == (about, True)
    assert told(lambda: actions.approve(Comment.objects.get())) == (about, False)
    assert told(lambda: actions.remove(Comment.objects.get())) == (about, True)
    assert told(lambda: Comment.objects.get().delete()) == (about, True)


def test_a_comment_that_waits_is_seen_by_nobody(told):
    post = make_post()

    assert told(lambda: make_comment(post, state="pending")) is None


def test_demo_posts_come_and_go(told, ann):
    assert told(lambda: write_demo(ann)) == ALL
    assert told(remove_demo) == ALL_GONE


def test_a_transaction_that_fails_changes_nothing(told):
    def action():
        try:
            with transaction.atomic():
                make_page()
                raise ValueError
        except ValueError:
            pass

    assert told(action) is None
    assert told(lambda: purge_pages(5)) is not None


def test_by_hand(told):
    assert told(lambda: purge_pages()) == ALL
    assert told(lambda: purge_pages(1, 2)) == (("1", "2"), False)

    def both():
        purge_pages(1)
        purge_pages(is_hard=True)

    assert told(both) == ALL_GONE


def test_a_change_is_told_though_it_cannot_be_numbered(monkeypatch, django_capture_on_commit_callbacks):
    changes = []
    monkeypatch.setattr("blog.cache_purging.publish_change", changes.append)

    def fail(self, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr("blog.site.models.SiteVersionManager.increment", fail)
    with django_capture_on_commit_callbacks(execute=True):
        make_page()

    assert changes[0].n is None


@pytest.mark.django_db(transaction=True)
def test_where_commits_are_made_by_hand_it_is_told_at_once(monkeypatch):
    changes = []
    monkeypatch.setattr("blog.cache_purging.publish_change", changes.append)
    connection.page_purge = None
    transaction.set_autocommit(False)
    try:
        make_page()
        transaction.commit()
    finally:
        transaction.set_autocommit(True)

    assert changes


def test_editions_rise_by_one():
    assert [SiteVersion.objects.increment() for _ in range(3)] == [1, 2, 3]


def test_what_the_cache_asks(django_assert_num_queries):
    now = timezone.now()
    assert PageCacheSource().state(now.timestamp()) == (0, None)
    make_post(days_ago=-2)
    soon = make_post(title="Soon", published_at=now + timedelta(hours=1))
    make_post(title="Never", status="draft", published_at=now + timedelta(minutes=1))
    assert PageCacheSource().state(now.timestamp()) == (0, soon.published_at.timestamp())

    n = SiteVersion.objects.increment()
    with django_assert_num_queries(1):
        assert PageCacheSource().state(now.timestamp()) == (n, soon.published_at.timestamp())


def test_views_are_added_and_change_nothing_else(told, client, settings):
    post = make_post()

    assert told(lambda: PageCacheSource().add_views({str(post.pk): 3, "999": 1})) is None
    assert told(lambda: PageCacheSource().add_views({str(post.pk): 2})) is None
    post.save()  # with the number it was loaded with
    assert Post.objects.get().n_views == 5

    assert "5 views" not in client.get("/").content.decode()
    settings.SHOW_VIEWS = True
    assert "5 views" in client.get("/").content.decode()
    assert "5 views" in client.get(post.url).content.decode()


def test_views_are_shown_at_the_desk(desk):
    post = make_post()
    PageCacheSource().add_views({str(post.pk): 1234567})

    assert "1234567" in desk.get("/admin/blog/post/").content.decode()
    assert "1234567" in desk.get(f"/admin/blog/post/{post.pk}/change/").content.decode()
