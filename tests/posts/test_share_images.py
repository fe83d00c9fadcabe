"""A post without a cover gets an image for links on other sites, drawn by a job."""

import logging
import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from blog import share_images
from blog.models import Post
from frodo.jobs import Job
from tests.factories import make_activity, make_post
from tests.posts.json_ld import json_ld_of
from tests.site.test_site_settings import save  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def run(*types: str) -> None:
    call_command("run_jobs", "--batch", *(types or ("draw_share_image",)))


def image_of(client, post) -> str:
    """The URL in the page's head."""
    page = client.get(post.url).content.decode()
    return re.search(r'property="og:image" content="([^"]*)"', page)[1]


def opened(url: str) -> Image.Image:
    name = urlsplit(url).path.removeprefix("/media/")
    with default_storage.open(name) as file:
        return Image.open(BytesIO(file.read()))


@pytest.mark.parametrize("title", ["Three kinds of waiting", "中文排版的几件小事，以及 Markdown", "x" * 200, "🍵"])
def test_a_published_post_gets_one_in_the_colours_of_the_site(client, save, title):  # noqa: F811
    if re.search(r"[一-鿿]", title) and share_images.han_font() is None:
        pytest.skip("No font with Chinese characters is installed.")
    save(accent_color="#7a3b00")
    post = make_post(title=title, slug="a-post")
    run()

    url = image_of(client, post)

    assert url.startswith("http://testserver/media/share/")
    image = opened(url).convert("RGB")
    assert image.size == (1200, 630)
    assert image.getpixel((5, 5)) == (0x7A, 0x3B, 0x00)
    assert (255, 255, 255) in {color for _n, color in image.getcolors(1000)}
    page = client.get(post.url).content.decode()
    assert '"twitter:card" content="summary_large_image"' in page
    assert json_ld_of(page)["image"] == url


def test_another_title_gets_another_url_and_the_old_file_goes(client):
    post = make_post(title="Walk")
    run()
    before, name = image_of(client, post), Post.objects.get().share_image

    post.refresh_from_db()
    post.title = "A longer walk"
    post.save()
    run()

    assert image_of(client, post) != before
    assert not default_storage.exists(name)


def test_a_change_that_it_does_not_show_draws_nothing(client):
    post = make_post(title="Walk")
    run()

    post.refresh_from_db()
    post.text = "Other words."
    post.save()

    assert not Job.objects.filter(type="draw_share_image").exists()


def test_a_cover_takes_its_place(client):
    post = make_post(title="Walk")
    run()
    post.refresh_from_db()
    name = post.share_image

    post.cover_link = "https://a.example/cover.png"
    post.save()
    run()

    assert image_of(client, post) == "https://a.example/cover.png"
    assert not default_storage.exists(name)
    assert Post.objects.get().share_image == ""


def test_a_new_name_of_the_site_draws_all_anew(client, save):  # noqa: F811
    post = make_post(title="Walk")
    run()
    before = image_of(client, post)

    save(name="Tea and time")
    run("draw_share_images")

    assert image_of(client, post) != before
    assert Post.objects.get().share_image == share_images.name_for(Post.objects.get())


def test_drafts_and_activities_get_none(client):
    make_post(title="Draft", status="draft")
    make_activity()

    assert not Job.objects.filter(type="draw_share_image").exists()


@pytest.mark.parametrize("fields", [{"visibility": "private"}, {"visibility": "password", "password": "x"}])
def test_a_post_that_not_everyone_may_read_gets_none(client, fields):
    make_post(title="Diary", **fields)
    make_post(title="Awaits review", slug="review", status="pending")

    assert not Job.objects.filter(type="draw_share_image").exists()


@pytest.mark.parametrize("fields", [{"visibility": "private"}, {"status": "draft"}, {"kind": Post.TRASHED}])
def test_the_file_goes_when_the_post_is_hidden(client, fields):
    post = make_post(title="Walk")
    run()
    name = Post.objects.get().share_image
    assert default_storage.exists(name)

    post.refresh_from_db()
    for field, value in fields.items():
        setattr(post, field, value)
    post.save()
    run()

    assert not default_storage.exists(name)
    assert Post.threads.get(pk=post.pk).share_image == ""


def test_the_file_goes_with_its_post(client):
    post = make_post(title="Walk")
    run()
    name = Post.objects.get().share_image

    Post.objects.get(pk=post.pk).delete()

    assert not default_storage.exists(name)


def test_without_a_chinese_font_a_chinese_title_has_none_rather_than_boxes(client, monkeypatch, caplog):
    monkeypatch.setattr(share_images, "FONT_FOLDERS", ())
    share_images.han_font.cache_clear()
    chinese, latin = make_post(title="茶", slug="tea"), make_post(title="Walk")

    with caplog.at_level(logging.WARNING, "blog.share_images"):
        run()
    share_images.han_font.cache_clear()

    assert "SHARE_IMAGE_FONT" in caplog.text
    assert "/media/share/" not in image_of(client, chinese)
    assert opened(image_of(client, latin)).size == (1200, 630)


def is_blank(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether only the background is there."""
    return len(image.crop(box).getcolors(1000)) == 1


@pytest.mark.parametrize(
    "title",
    [
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "https://blog.example/2024/01/a-title-that-is-the-url-of-a-page-and-has-no-spaces-at-all",
        "W" * 200,
        "Short and wide: " + "m" * 60,
    ],
)
def test_a_word_longer_than_a_line_does_not_run_out_of_the_image(client, title):
    post = make_post(title=title, slug="a-post")
    run()

    image = opened(image_of(client, post)).convert("RGB")

    assert is_blank(image, (1200 - 80, 0, 1200, 630))
    assert is_blank(image, (0, 0, 80, 630))
    assert not is_blank(image, (80, 80, 1120, 500))


def test_a_long_name_of_the_site_does_not_run_out_of_the_image(client, save):  # noqa: F811
    save(name="The collected walks, teas and evenings of a hobbit from the westernmost farthing, " + "W" * 17)
    post = make_post(title="Walk")
    run()

    assert is_blank(opened(image_of(client, post)).convert("RGB"), (1200 - 80, 0, 1200, 630))
