"""What the theme promises of every page's frame."""

import re
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from frodo.site_settings import colors
from frodo.site_settings.colors import READABLE, contrast
from tests.factories import make_comment, make_page, make_post


def weight(text: str | bytes) -> int:
    return len(brotli.compress(text.encode() if isinstance(text, str) else text))


def files_of(page: str, ending: str) -> list[bytes]:
    addresses = set(re.findall(rf'(?:src|href)="/static/([\w/.]+\.{ending})"', page))
    return [Path(finders.find(address)).read_bytes() for address in addresses]


@pytest.mark.django_db
def test_a_post_weighs_little(client):
    post = make_post(text="A line of some length, and a number of words in it.\n\n" * 200)
    for n in range(20):
        make_comment(post, text=f"Comment {n}")

    page = client.get(post.url).content.decode()

    scripts = sum(map(weight, files_of(page, "js")))
    assert 0 < scripts < 15_000
    assert weight(page) + scripts + sum(map(weight, files_of(page, "css"))) < 50_000


@pytest.mark.django_db
def test_a_post_keeps_its_language_in_either_interface(client):
    post = make_post(title="等待", text="等待", language="zh-hans", slug="waiting")

    english = client.get(post.url).content.decode()
    chinese = client.get(post.url, headers={"accept-language": "zh-CN"}).content.decode()

    assert '<html lang="en">' in english
    assert "Archives" in english
    assert '<html lang="zh-hans">' in chinese
    assert "归档" in chinese
    assert '<article class="post" lang="zh-hans">' in english
    assert '<article class="post" lang="zh-hans">' in chinese


@pytest.mark.django_db
def test_the_menu_says_where_the_reader_is(client):
    entry = make_page(title="关于我")

    page = client.get(entry.url).content.decode()

    assert re.search(r'aria-current="page">关于我<', page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "title"),
    [
        *(("/en/", "Posts"), ("/archives/2024/", "Archives"), ("/archives/2024/5/", "Archives")),
        *(("/en/archives/", "Archives"), ("/en/archives/2024/5/", "Archives"), ("/tag/tea/page/2/", "Tags")),
    ],
)
def test_the_menu_says_so_on_lists_within_a_list_too(client, settings, path, title):
    settings.POSTS_PER_PAGE = 1
    for n in range(2):
        make_post(tags=("tea",), language="en", published_at=datetime(2024, 5, 1 + n, tzinfo=UTC))

    menu = client.get(path).content.decode().partition('<nav class="site-nav"')[2].partition("</nav>")[0]

    assert re.findall(r'aria-current="\w+">(.*?)<', menu) == [title]


@pytest.mark.parametrize("name", ["500.html", "400.html"])
def test_a_broken_site_can_still_say_so(name):
    page = render_to_string(name)

    assert '<section lang="zh-Hans">' in page
    assert settings.STATIC_URL + "css/site.css" in page


def test_no_text_is_too_pale_to_read_in_any_scheme():
    css = Path(finders.find("css/site.css")).read_text()

    for selector in (r":root", r':root\[data-theme="dark"\]', r':root\[data-paper="sepia"\]'):
        colors = dict(
            re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", re.search(selector + r" \{(.*?)\}", css, re.DOTALL)[1])
        )
        for text, ground in product(("text", "muted", "accent", "danger", "ok"), ("page", "surface")):
            assert contrast(colors[text], colors[ground]) >= READABLE, (selector, text, ground)
        assert contrast(colors["accent-text"], colors["accent"]) >= READABLE, selector
        assert contrast(colors["text"], colors["mark"]) >= READABLE, selector


def test_dark_is_the_same_by_the_system_and_by_choice():
    css = Path(finders.find("css/site.css")).read_text()

    system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', css, re.DOTALL)[1].split()
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)[1].split()
    assert system == chosen


@pytest.mark.parametrize("accent", ["#1d6b45", "#727272", "#c2410c", "#000000"])
def test_an_accent_that_can_be_read_on_the_light_page_can_be_read_on_the_others(accent):
    colors.validate_accent(accent)

    assert contrast(colors.for_dark(accent), colors.DARK_PAGE) >= READABLE
    assert contrast(colors.for_sepia(accent), colors.SEPIA_PAGE) >= READABLE
    css = Path(finders.find("css/site.css")).read_text()
    assert f"--page: {colors.SEPIA_PAGE};" in css
