"""A static copy: every page a guest finds, whole, and no link that leads nowhere."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest
from django.core.management import CommandError

from blog.models import Post, Redirect
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def copy(site, manage, tmp_path, settings) -> Path:
    settings.SITE_URL = "https://blog.example"
    tea = Post.objects.get(topic_order=2)
    settings.COMMENTS_PER_PAGE = 2
    for n in range(3):
        make_comment(tea, text=f"No. {n}")
    manage("export_blog", tmp_path / "out", "--format", "static")
    return tmp_path / "out"


def page(copy: Path, path: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring((copy / path.strip("/") / "index.html").read_bytes())


def file_of(copy: Path, path: str) -> Path:
    file = copy / unquote(path).strip("/")
    return file / "index.html" if file.is_dir() or path.endswith("/") else file


def test_the_site_is_whole_and_every_link_leads_to_a_file(copy):
    missing = set()
    for file in copy.rglob("*.html"):
        document = lxml.html.fromstring(file.read_bytes())
        for element, _attribute, link, _position in document.iterlinks():
            parts = urlsplit(link)
            if element.tag == "meta" or parts.netloc not in ("", "blog.example") or not parts.path:
                continue
            if not file_of(copy, parts.path).exists():
                missing.add((file.relative_to(copy).as_posix(), link))

    assert not missing
    assert len(list(copy.rglob("*.html"))) > 15
    comments_are_in_the_page_all_of_them(copy)
    images_feeds_and_redirects_come_along(copy)


def comments_are_in_the_page_all_of_them(copy: Path) -> None:
    tea = Post.objects.get(topic_order=2)

    html = page(copy, f"/post/{tea.slug}").text_content()

    assert "Lovely" in html
    assert all(f"No. {n}" in html for n in range(3))
    assert "Buy now" not in html


def test_nothing_needs_a_server_or_is_not_for_readers(copy):
    for file in copy.rglob("index.html"):
        document = lxml.html.fromstring(file.read_bytes())
        assert not document.xpath("//form | //input[not(@type='radio')] | //textarea | //select")
        scripts = document.xpath("//script[@src]/@src")
        assert {Path(script).name.partition(".")[0] for script in scripts} in (set(), {"theme", "site"})
        assert not document.xpath("//a[starts-with(@href, '/accounts') or starts-with(@href, '/admin')]")

    # What readers do not see is not there.
    texts = b"".join(path.read_bytes() for path in copy.rglob("*") if path.suffix in (".html", ".xml", ".json"))

    assert b"A draft" not in texts
    assert b"Later" not in texts
    assert b"never seen" not in texts
    assert b"bob@example.org" not in texts


def test_what_helps_to_read_works_without_the_server(copy):
    post = page(copy, f"/post/{Post.objects.get(topic_order=2).slug}")

    assert post.xpath("//button[@popovertarget] | //input[@name='size']")
    assert post.xpath("//template[@id='_reading']//button")
    for name in ("reading", "lightbox", "sidenotes"):
        assert (copy / f"static/js/{name}.js").exists()


def images_feeds_and_redirects_come_along(copy: Path) -> None:
    tea = Post.objects.get(topic_order=2)

    assert list(copy.glob("media/uploads/*/*.webp"))
    assert (copy / "atom.xml").read_bytes().startswith(b"<?xml")
    assert (copy / "sitemap.xml").exists()
    assert (copy / "robots.txt").exists()
    assert (copy / "404.html").exists()
    assert tea.url in (copy / "2019/01/tea.html").read_text()
    assert f"/2019/01/tea.html {tea.url} 301\n" in (copy / "_redirects").read_text()
    assert "https://example.org/" in (copy / "elsewhere/index.html").read_text()
    assert "/post/new-name/" in page(copy, "/post/old-name").xpath("//a/@href")


def test_a_redirect_too_long_for_a_file_is_only_a_line(site, manage, tmp_path):
    tea = Post.objects.get(topic_order=2)
    Redirect.objects.create(path="/" + "x" * 300, post=tea)

    manage("export_blog", tmp_path / "out", "--format", "static")

    assert f"/{'x' * 300} {tea.url} 301\n" in (tmp_path / "out/_redirects").read_text()


def test_a_slug_too_long_for_a_file_is_named_and_nothing_is_left_behind(site, manage, tmp_path):
    make_post(slug="茶" * 100)

    for _again in range(2):
        with pytest.raises(CommandError, match=r"The page /post/茶+/ cannot be made.* Shorten its slug"):
            manage("export_blog", tmp_path / "out", "--format", "static")

    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_printed_is_in_the_language_that_was_asked_for(site, manage, tmp_path):
    assert "文件共" in manage("export_blog", tmp_path / "out", "--format", "static", "--language", "zh-hans")
