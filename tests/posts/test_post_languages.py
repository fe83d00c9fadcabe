"""Home, archives and feeds of the posts in one language."""

import re

import pytest

from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_languages(db):
    make_post(title="Green tea", language="en", days_ago=2)
    make_post(title="绿茶", language="zh-hans", days_ago=1)


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("list_path", ["", "archives/", "atom.xml", "rss.xml", "feed.json"])
def test_a_list_of_one_language_has_its_posts_only(client, two_languages, list_path):
    english, chinese, mixed = (text(client, f"/{part}{list_path}") for part in ("en/", "zh-hans/", ""))

    found = [[title in page for title in ("Green tea", "绿茶")] for page in (english, chinese, mixed)]
    assert found == [[True, False], [False, True], [True, True]]


@pytest.mark.parametrize("path", ["/", "/en/", "/archives/", "/zh-hans/archives/"])
def test_the_lists_lead_to_one_another(client, two_languages, path):
    page = text(client, path)

    kind = "archives/" if "archives" in path else ""
    for other in ("/", "/en/", "/zh-hans/"):
        assert f'<a href="{other}{kind}"' in page
    assert set(re.findall(r'hreflang="([^"]+)" href="http://testserver([^"]+)"', page)) == {
        ("en", f"/en/{kind}"),
        ("zh-hans", f"/zh-hans/{kind}"),
        ("x-default", f"/{kind}"),
    }


def test_a_list_of_one_language_says_so(client, two_languages):
    page = text(client, "/zh-hans/")

    assert "<title>简体中文 · " in page
    assert '<h1 class="visually-hidden" lang="zh-hans">简体中文</h1>' in page
    assert '<a href="/zh-hans/" lang="zh-hans" aria-current="page">' in page
    assert 'href="/zh-hans/atom.xml"' in page
    assert '<feed xml:lang="zh-hans"' in text(client, "/zh-hans/atom.xml")
    assert client.get("/zh-hans/feed.json").json()["home_page_url"] == "http://testserver/zh-hans/"


def test_further_pages_and_years_stay_in_the_language(client, two_languages, settings):
    settings.POSTS_PER_PAGE = 2
    for n in range(3):
        make_post(title=f"Tea {n}", language="en", days_ago=400 + n)

    assert 'href="/en/page/2/"' in text(client, "/en/")
    assert "绿茶" not in text(client, "/en/page/2/")
    years = set(re.findall(r'href="(/en/archives/\d+/)"', text(client, "/en/archives/")))
    assert len(years) == 2
    assert not any("绿茶" in text(client, year) for year in years)
    assert 'href="/archives/2' in text(client, "/archives/")
    assert "/en/archives/2" not in text(client, "/archives/")
    assert client.get("/en/page/1/").headers["Location"] == "/en/"


def test_usual_feed_urls_lead_to_the_feed_of_the_language(client, two_languages):
    assert client.get("/en/feed/").headers["Location"] == "/en/atom.xml"


def test_a_blog_in_one_language_has_no_such_links(client):
    make_post(title="Green tea", language="en")

    assert "hreflang" not in text(client, "/")
    assert "/en/" not in text(client, "/sitemap.xml")
    assert client.get("/zh-hans/").status_code == 404
    assert client.get("/zh-hans/archives/").status_code == 404


def test_the_sitemap_names_the_lists_of_each_language(client, two_languages):
    sitemap = text(client, "/sitemap.xml")

    for path in ("/en/", "/zh-hans/", "/en/archives/", "/zh-hans/archives/"):
        assert f"<loc>http://testserver{path}</loc>" in sitemap
