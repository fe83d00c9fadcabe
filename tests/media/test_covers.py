"""A post's cover comes in by the same door."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from blog.models import Post
from tests.media.sample_images import bomb, exif_with_place, noise, opened, picture, saved
from tests.posts.test_admin import form

pytestmark = pytest.mark.django_db


def send(desk, ann, name: str, data: bytes, kind: str = "image/png"):
    cover = SimpleUploadedFile(name, data, content_type=kind)
    return desk.post(reverse("admin:blog_post_add"), form(author=ann.pk, cover=cover))


def test_it_is_cleaned_and_named_anew(desk, ann):
    data = saved(noise(40, 30), "jpeg", exif=exif_with_place(orientation=6))

    assert send(desk, ann, "Ann at home.png", data).status_code == 302

    post = Post.objects.get()
    assert re.fullmatch(r"covers/\d{4}/\d{2}/[0-9a-f]{32}\.jpg", post.cover.name)
    assert (post.cover_width, post.cover_height) == (30, 40)
    with post.cover.open() as file:
        kept = file.read()
    assert opened(kept).size == (30, 40)
    assert b"Ann" not in kept


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg onload='alert(1)'/>", "not a supported image"),
        (bomb(), "limit is 50 million pixels"),
        (picture("png", 200, 200)[:4000], "incomplete"),
        (b"", "empty"),
    ],
    ids=["svg", "bomb", "half", "empty"],
)
def test_what_is_none_is_refused_and_nothing_typed_is_lost(desk, ann, data, words):
    answer = send(desk, ann, "x.png", data)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page
    assert "Hot **water**." in page
    assert not Post.objects.exists()


def test_a_cover_stays_when_a_post_is_saved_without_another(desk, ann):
    send(desk, ann, "x.png", picture())
    post = Post.objects.get()
    before = post.cover.name

    address = reverse("admin:blog_post_change", args=[post.pk])
    desk.post(address, form(author=ann.pk, title="Other", slug=post.slug, approval=""))

    post.refresh_from_db()
    assert (post.title, post.cover.name) == ("Other", before)
