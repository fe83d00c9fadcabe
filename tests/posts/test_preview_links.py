"""Secret links at which somebody without an account reads a draft."""

from datetime import timedelta
from urllib.parse import urlsplit

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Post, PreviewLink
from blog.posts import trash
from tests import people
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return make_post(title="Tea", status="draft", text="Some **hot** water.")


def create(desk, post) -> str:
    """The path of a new link."""
    page = desk.post(reverse("admin:blog_post_preview_links", args=[post.pk]), {"create": "1"}, follow=True)
    [field] = lxml.html.fromstring(page.content.decode()).find_class("vTextField")
    return urlsplit(field.get("value")).path


@pytest.fixture
def stranger():
    return Client()


def test_who_has_the_link_reads_the_draft_without_an_account(desk, stranger, draft):
    url = create(desk, draft)

    answer = stranger.get(url)

    assert "<strong>hot</strong>" in answer.content.decode()
    assert "Preview of an unpublished post." in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert stranger.get("/post/tea/").status_code == 404


def test_it_shows_what_is_saved_now_and_leads_to_the_post_once_published(desk, stranger, draft):
    url = create(desk, draft)
    draft.text = "Cold water."
    draft.save()
    assert "Cold water." in stranger.get(url).content.decode()

    draft.status = "published"
    draft.save()

    assert stranger.get(url).headers["Location"] == draft.url


def test_a_revoked_an_expired_and_a_guessed_link_show_nothing(desk, stranger, draft):
    url = create(desk, draft)
    token = PreviewLink.objects.get().token
    PreviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert stranger.get(url).status_code == 404

    PreviewLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert stranger.get(url).status_code == 200
    desk.post(reverse("admin:blog_post_preview_links", args=[draft.pk]), {"revoke": token})

    assert stranger.get(url).status_code == 404
    assert stranger.get("/preview/guessed/").status_code == 404


def test_a_draft_in_the_trash_is_not_shown(desk, stranger, draft):
    url = create(desk, draft)

    trash.put(Post.objects.get())

    assert stranger.get(url).status_code == 404


def test_links_are_made_by_those_who_may_edit_the_post(client, draft):
    url = reverse("admin:blog_post_preview_links", args=[draft.pk])
    for user in (people.bob(), people.cid()):
        client.force_login(user)

        assert client.post(url, {"create": "1"}).status_code in {302, 403, 404}
        assert not PreviewLink.objects.exists()
