"""What holds for all pages."""

import re
from datetime import UTC, datetime

import pytest

from tests.factories import make_activity, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/",
    "/post/walk/",
    "/p/about/",
    "/activities/",
    "/tags/",
    "/tag/tea/",
    "/topics/",
    "/topic/walks/",
    "/archives/",
    "/search/?q=walk",
    "/nothing-here/",
]


@pytest.fixture(autouse=True)
def a_blog():
    make_page()
    make_activity(links=["https://a.example/"])
    make_post(title="Walk", tags=("tea",), topic=make_topic(), published_at=datetime(2024, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_the_same_for_everyone(client, ann, address):
    stranger = client.get(address)
    client.force_login(ann)
    author = client.get(address)

    assert stranger.content == author.content
    assert not stranger.cookies
    assert not author.cookies
    assert "csrf" not in stranger.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_inline_and_nothing_from_elsewhere(client, address):
    page = client.get(address).content.decode()

    scripts = re.findall(r"<script\b[^>]*>", page)
    assert all("src=" in script or "application/ld+json" in script for script in scripts)
    assert not re.search(r"<style\b|\sstyle=|\son\w+=", page)
    assert not re.search(r"""<(?:script|img|link rel="stylesheet")[^>]+(?:src|href)=["']?(?:https?:)?//""", page)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_forbids_what_it_does_not_need(client, address):
    headers = client.get(address).headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_speaks_the_readers_language(client, address):
    chinese = client.get(address, headers={"accept-language": "zh-CN,zh;q=0.9"})
    english = client.get(address, headers={"accept-language": "en"})

    assert '<html lang="zh-hans"' in chinese.content.decode()
    assert "归档" in chinese.content.decode()
    assert '<html lang="en"' in english.content.decode()
    assert "Accept-Language" in english.headers["Vary"]


def test_a_chosen_language_wins_over_the_browsers(client):
    answer = client.post("/language/", {"language": "zh-hans", "next": "/tags/"})

    assert (answer.status_code, answer.url) == (302, "/tags/")
    assert '<html lang="zh-hans"' in client.get("/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_choice_of_language_leads_nowhere_else(client, to):
    assert client.post("/language/", {"language": "en", "next": to}).url == "/"


@pytest.mark.parametrize("language", ["", "xx", "../../etc"])
def test_an_unknown_language_is_refused(client, language):
    assert client.post("/language/", {"language": language}).status_code == 400


@pytest.mark.parametrize("address", ["/archives/2024/", "/post/walk/", "/page/1/"])
def test_addresses_of_the_design_answer(client, address):
    assert client.get(address, follow=True).status_code == 200


@pytest.mark.parametrize(
    "address", ["/page/0/", "/page/99/", "/archives/1999/", "/archives/99999/", "/tag/tea/page/2/"]
)
def test_pages_beyond_the_last_are_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_post_tells_machines_what_it_is(client):
    page = client.get("/post/walk/").content.decode()

    assert '<link rel="canonical" href="http://testserver/post/walk/">' in page
    assert 'property="og:title" content="Walk"' in page
    assert '"@type": "BlogPosting"' in page
    assert 'property="article:published_time"' in page


def test_a_title_cannot_break_out_of_what_machines_read(client):
    make_post(title="</script><script>alert(1)</script>", slug="odd")

    page = client.get("/post/odd/").content.decode()

    assert "<script>alert" not in page


def test_the_process_and_the_database_are_asked_for(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok"}


def test_robots_are_told_where_the_map_is(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
