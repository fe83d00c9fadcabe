"""A post's cover comes in by the same door."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.models import Post, Upload
from tests.media.sample_images import bomb, exif_with_place, noise, opened, picture, saved
from tests.posts.test_admin import form
from tests.site.test_site_settings import save  # noqa: F401

pytestmark = pytest.mark.django_db


def send(desk, ann, name: str, data: bytes, kind: str = "image/png"):
    cover = SimpleUploadedFile(name, data, content_type=kind)
    return desk.post(reverse("admin:blog_post_add"), form(author=ann.pk, cover=cover))


def test_it_is_cleaned_and_named_anew(desk, ann):
    data = saved(noise(40, 30), "jpeg", exif=exif_with_place(orientation=6))

    assert send(desk, ann, "Ann at home.png", data).status_code == 302

    post = Post.objects.get()
    assert re.fullmatch(r"uploads/[0-9a-f]{2}/[0-9a-f]{32}\.jpg", post.cover.name)
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


@pytest.mark.parametrize("theme", ["", "magazine"])
def test_lists_and_the_post_offer_its_variants(desk, ann, save, theme):  # noqa: F811
    send(desk, ann, "hills.jpg", saved(noise(1000, 600), "jpeg"), "image/jpeg")
    save(theme=theme)
    before = desk.get("/").content.decode()

    call_command("run_jobs", "make_variants")

    post, upload = Post.objects.get(), Upload.objects.get()
    assert len(upload.names) > 2
    assert "srcset" not in before
    for url in ("/", post.url):
        page = desk.get(url).content.decode()
        for name in upload.names[1:]:
            assert f"/media/{name} " in page
        source = r'<source type="image/webp" srcset="[^"]+ 480w[^"]*" sizes="[^"]+100vw\s*">'
        assert re.search(rf'{source}<img src="{post.cover.url}"', page)


def test_the_media_library_knows_where_it_is_shown(desk, ann):
    send(desk, ann, "hills.jpg", picture())
    upload = Upload.objects.get()

    assert (upload.label, upload.user) == ("hills.jpg", ann)
    refused = desk.delete(f"/api/uploads/{upload.pk}/")
    assert refused.status_code == 409
    assert Upload.objects.exists()


def test_many_covers_are_looked_up_at_once(client, desk, ann):
    for n in range(3):
        send(desk, ann, f"{n}.jpg", picture())
        Post.objects.filter(status="draft").update(title=f"Post {n}", slug=f"post-{n}", status="published")

    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200

    assert sum("blog_upload" in query["sql"] for query in queries) == 1
