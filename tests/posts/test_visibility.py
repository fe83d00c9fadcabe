from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import Post
from tests.factories import make_page, make_post

pytestmark = pytest.mark.django_db


def soon():
    return timezone.now() + timedelta(hours=1)


def everywhere(client) -> str:
    """All that a reader can list, in one text."""
    addresses = [
        "/",
        "/archives/",
        "/atom.xml",
        "/rss.xml",
        "/feed.json",
        "/sitemap.xml",
        "/search/?q=secret",
        "/tags/",
    ]
    return "".join(client.get(address).content.decode() for address in addresses)


def test_a_published_post_is_shown(client):
    post = make_post(title="The secret of tea")

    assert "The secret of tea" in client.get(post.url).content.decode()
    assert "The secret of tea" in everywhere(client)


def test_a_draft_is_shown_nowhere(client):
    post = make_post(title="The secret of tea", status="draft", tags=("hidden-tag",))

    assert client.get(post.url).status_code == 404
    assert client.get(f"/post/{post.pk}/").status_code == 404
    shown = everywhere(client)
    assert "The secret of tea" not in shown
    assert "hidden-tag" not in shown


def test_a_post_to_come_is_scheduled_and_shown_nowhere(client):
    post = make_post(title="The secret of tea", published_at=soon())

    assert post.status == Post.Status.SCHEDULED
    assert client.get(post.url).status_code == 404
    assert "The secret of tea" not in everywhere(client)


def test_a_scheduled_post_appears_when_its_time_has_come_and_nobody_saves_it(client):
    post = make_post(title="The secret of tea", published_at=soon())

    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(seconds=1))

    assert client.get(post.url).status_code == 200
    assert "The secret of tea" in everywhere(client)
    assert Post.objects.get(pk=post.pk).status == Post.Status.PUBLISHED


def test_a_post_published_without_a_time_is_published_now(client):
    post = Post.objects.create(title="Now", status="published", author=make_post().author)

    assert client.get(post.url).status_code == 200
    assert post.published_at <= timezone.now()


def test_a_withdrawn_page_is_not_found(client):
    page = make_page(is_published=False)

    assert client.get(page.url).status_code == 404


def test_new_words_are_an_update_and_a_pin_is_none(desk):
    post = Post.objects.get(pk=make_post(text="Old words.").pk)
    written_at = post.updated_at

    post.pinned = True
    post.save()
    assert post.updated_at == written_at

    post.text = "New words."
    post.save()
    assert post.updated_at > written_at


def test_the_description_is_prose(client):
    post = make_post(text="# A heading\n\n```\ncode\n```\n\nThe first sentence.\n\n## Another\n\nThe second.")

    assert post.description == "The first sentence. The second."
