"""Pictures in what readers read."""

import re

import pytest
from django.core.management import call_command

from blog.media.services import store
from frodo.markdown import Picture, render_post
from tests.factories import make_page, make_post
from tests.media.sample_images import picture

SOURCES = (("image/avif", "/a-480.avif 480w, /a-960.avif 960w"), ("image/webp", "/a-480.webp 480w"))
KNOWN = {"/a.png": Picture(1200, 800, sources=SOURCES), "/small.png": Picture(300, 200, sources=SOURCES)}
KNOWN["/moved.png"] = Picture(9, 6, "https://cdn.example/moved.png?a=1&b=2", ())


def render(text: str) -> str:
    return render_post(text, pictures=KNOWN.get).html


def test_a_browser_chooses_among_copies():
    html = render("![Tea](/a.png)")

    sizes = 'sizes="(max-width: 45rem) 100vw, 40.5rem"'
    assert html == (
        f'<p><picture><source type="image/avif" srcset="/a-480.avif 480w, /a-960.avif 960w" {sizes}>'
        f'<source type="image/webp" srcset="/a-480.webp 480w" {sizes}>'
        '<img alt="Tea" src="/a.png" width="1200" height="800" loading="lazy" decoding="async"></picture></p>'
    )


def test_a_narrow_picture_is_asked_for_as_wide_as_it_is_shown():
    assert 'sizes="(max-width: 300px) 100vw, 300px"' in render("![](/small.png)")
    assert 'sizes="(max-width: 200px) 100vw, 200px"' in render('<img src="/a.png" width="200">')


def test_a_caption_stays_with_its_picture():
    html = render('![Tea](/a.png "A cup")')

    assert re.fullmatch(r"<figure><picture>.*</picture><figcaption>A cup</figcaption></figure>", html)


def test_a_picture_can_be_a_link():
    assert re.search(r'<a href="/b"><picture>.*</picture></a>', render("[![A cup](/a.png)](/b)"))


@pytest.mark.parametrize(
    "text",
    [
        '<picture><source srcset="/b.webp" type="image/webp"><img src="/a.png"></picture>',
        '<img src="/a.png" srcset="/b.png 2x">',
    ],
)
def test_the_authors_own_choice_stays(text):
    html = render(text)

    assert "/a-480" not in html
    assert html.count("<picture>") == text.count("<picture>")
    assert 'width="1200"' in html


def test_after_the_authors_own_choice_ours_goes_on():
    html = render('<picture><img src="/a.png"></picture>\n\n![](/a.png)')

    assert html.count("/a-480.avif") == 1


def test_a_picture_that_moved_is_shown_from_where_it_is():
    assert 'src="https://cdn.example/moved.png?a=1&amp;b=2"' in render("![](/moved.png)")


def test_other_peoples_pictures_are_left_alone():
    html = render("![](https://other.example/a.png)")

    assert "<picture>" not in html
    assert "width" not in html


@pytest.mark.django_db
class TestOnPages:
    def shown(self, ann):
        upload = store(picture("jpeg", 700, 500), user=ann, alt="Tea")
        call_command("run_jobs", "make_variants")
        upload.refresh_from_db()
        return upload

    def test_a_post_and_a_page(self, client, ann):
        upload = self.shown(ann)
        for entry in (make_post(text=upload.markdown), make_page(text=upload.markdown)):
            page = client.get(entry.url).content.decode()
            assert f'alt="Tea" src="{upload.url}" width="700" height="500" loading="lazy" decoding="async"' in page
            assert upload.srcset["image/avif"] in page

    def test_addresses_in_feeds_are_whole(self, client, ann, settings):
        settings.SITE_URL = "https://blog.example"
        upload = self.shown(ann)
        make_post(text=upload.markdown)

        for feed in ("/atom.xml", "/rss.xml", "/feed.json"):
            said = client.get(feed).content.decode()
            assert f"https://blog.example{upload.url}" in said
            assert f"https://blog.example/media/uploads/{upload.key[:2]}/{upload.key}-480.avif 480w, https://" in said
            assert '"/media' not in said
            assert " /media" not in said

    def test_excerpts_have_them_too(self, client, ann):
        upload = self.shown(ann)
        make_post(text=f"{upload.markdown}\n\n<!--more-->\n\nThe rest.")

        assert upload.srcset["image/webp"] in client.get("/").content.decode()

    def test_a_picture_that_is_not_there_is_an_ordinary_one(self, ann):
        post = make_post(text=f"![](/media/uploads/ab/ab{'0' * 30}.png) ![](/media/uploads/../../etc/passwd)")

        assert post.html.count("<img") == 2

    def test_pictures_of_imports_know_their_size_as_before(self, media, ann):
        path = media / "imported" / "ab" / "x.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(picture("png", 12, 34))

        assert 'width="12" height="34"' in make_post(text="![](/media/imported/ab/x.png)").html
