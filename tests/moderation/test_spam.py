"""Traps for programs. What falls into one is held, not refused: it may be a person all the same."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from blog.comments import form_timestamps
from blog.models import Comment, Post
from blog.posts.page_cache_source import PageCacheSource


def ticket(age: float) -> str:
    return signing.dumps(timezone.now().timestamp() - age, salt=form_timestamps.SALT)


def codes() -> list[str]:
    return [reason["code"] for reason in Comment.objects.get().pending_reasons]


def test_the_hidden_field_is_left_empty_by_people(say):
    assert say(website="http://buy.example")["state"] == "pending"
    assert codes() == ["honeypot"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0, ["too_fast"]),
        (120, []),
        (3600 * 24, []),
        (3600 * 24 * 9, ["too_old"]),
        ("made-up", ["too_old"]),
        ("", []),
    ],
)
def test_a_ticket_says_how_long_the_page_was_open(say, settings, given, expected):
    settings.COMMENT_MIN_SECONDS = 60

    say(ticket=given if isinstance(given, str) else ticket(given))

    assert codes() == expected


def test_api_me_gives_a_ticket_and_so_does_the_form(client, post, settings):
    assert form_timestamps.age(client.get("/api/me/").json()["ticket"]) < 60
    page = client.get("/post/a-walk/comment/").content.decode()
    given = page.partition('name="ticket" value="')[2].partition('"')[0]
    data = {"name": "Bob", "text": "", "intent": "post", "ticket": given}

    mended = client.post("/post/a-walk/comment/", data).content.decode()

    assert form_timestamps.age(given) < 60
    assert given in mended  # the first one, so that a mistake mended in a second is not too fast


def test_a_post_is_closed_after_some_days(say, client, post, settings):
    settings.COMMENT_CLOSE_DAYS = 30
    assert "Comments are open until" in client.get("/post/a-walk/").content.decode()
    assert client.get("/api/posts/a-walk/").json()["takes_comments"] is True
    Post.objects.update(published_at=timezone.now() - timedelta(days=31))

    assert say(status=403)["error"]["code"] == "comments_closed"
    for page in [client.get("/post/a-walk/").content.decode(), client.get("/post/a-walk/comment/").content.decode()]:
        assert "Comments on this post are closed." in page
        assert "<form" not in page.partition('id="comments"')[2] or "textarea" not in page
    assert Post.objects.get().comments_open is True


def test_kept_pages_are_made_anew_when_a_post_closes(post, settings):
    settings.COMMENT_CLOSE_DAYS = 30
    now = timezone.now()
    Post.objects.update(published_at=now - timedelta(days=30) + timedelta(minutes=5))

    state = PageCacheSource().state(now.timestamp())

    assert state.next_change == pytest.approx((now + timedelta(minutes=5)).timestamp(), abs=1)


@pytest.mark.parametrize(("site", "own", "expected"), [("never", "always", "pending"), ("always", "never", "visible")])
def test_a_post_may_differ_from_the_site(say, post, settings, site, own, expected):
    settings.COMMENT_APPROVAL = site
    Post.objects.update(approval=own)

    assert say()["state"] == expected


def test_the_author_sets_it_in_the_posts_form(desk, post):
    page = desk.get(f"/admin/blog/post/{post.pk}/change/").content.decode()

    assert 'name="approval"' in page
