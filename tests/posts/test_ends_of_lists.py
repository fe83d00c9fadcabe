"""The first and the last page of each list, and what lies beyond."""

from datetime import UTC, datetime

import lxml.etree
import pytest

from blog.models import Post
from tests import people
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(settings):
    """Five posts with one tag, two on a page."""
    settings.POSTS_PER_PAGE = 2
    return [make_post(title=f"Tea {n}", tags=("tea",), days_ago=n + 1) for n in range(5)]


LISTS = {"/": "/page/{}/", "/tag/tea/": "/tag/tea/page/{}/", "/author/ann/": "/author/ann/page/{}/"}


@pytest.mark.parametrize("first", LISTS)
def test_pages_go_on_to_the_last_and_no_further(client, five, first):
    further = LISTS[first]

    found = [client.get(url).content.decode() for url in (first, further.format(2), further.format(3))]

    assert [[title for title in (f"Tea {n}" for n in range(5)) if f">{title}<" in page] for page in found] == [
        ["Tea 0", "Tea 1"],
        ["Tea 2", "Tea 3"],
        ["Tea 4"],
    ]
    assert 'rel="next"' in found[0]
    assert 'rel="prev"' not in found[0]
    assert 'rel="next"' not in found[2]
    assert 'rel="prev"' in found[2]
    for n in ("4", "0", "9" * 25):
        assert client.get(further.format(n)).status_code == 404, n


@pytest.mark.parametrize("first", LISTS)
def test_a_page_has_one_url(client, five, first):
    further = LISTS[first]

    assert client.get(further.format(1)).headers["Location"] == first
    assert client.get(further.format("02")).headers["Location"] == further.format(2)
    assert client.get(further.format(2).rstrip("/")).headers["Location"] == further.format(2)


def test_the_last_page_goes_when_its_last_post_does(client, five, desk):
    assert client.get("/page/3/").status_code == 200

    assert desk.delete("/api/posts/tea-4/").status_code == 204

    assert client.get("/page/3/").status_code == 404
    assert client.get("/page/2/").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/archives/0/",
        "/archives/1999/",
        "/archives/99999/",
        "/archives/2026/13/",
        "/archives/2026/0/",
        "/archives/9999/12/",
        "/activities/0/",
        f"/activities/{10**25}/",
        "/activities/page/2/",
        "/post/0/",
        f"/post/{10**25}/",
        f"/comment/{10**25}/",
        "/sitemap-posts.xml?p=0",
        "/sitemap-posts.xml?p=2",
        "/sitemap-posts.xml?p=x",
        "/sitemap-none.xml",
        "/tag/none/",
        "/tag/none/feed/",
        "/topic/none/atom.xml",
        "/author/nobody/feed.json",
        "/post/none/qr.svg",
        "/post/none/comments.xml",
        "/preview/none/",
        "/indexnow.txt",
        "/llms.txt",
    ],
)
def test_what_is_not_there_is_not_found(client, url):
    make_post()
    make_activity()

    assert client.get(url).status_code == 404
    assert client.head(url).status_code == 404


def test_pages_of_comments_end(client, settings):
    settings.COMMENTS_PER_PAGE = 2
    post = make_post(title="Tea")
    for n in range(3):
        make_comment(post, text=f"Comment {n}.")
    url = "/post/tea/comments/"

    assert "Comment 1." in client.get(f"{url}?page=1").content.decode()
    assert "Comment 2." in client.get(f"{url}?page=2").content.decode()
    assert "Comment 0." in client.get(f"{url}?order=newest&page=2").content.decode()
    for query in ("page=3", "page=0", "page=01", "page=-1", "page=x", "page=١", "order=worst", "order=&page=1"):
        assert client.get(f"{url}?{query}").status_code == 404, query


def test_a_head_request_has_the_headers_of_the_page_and_no_body(client):
    make_page(title="About")
    post = make_post(title="Tea", tags=("tea",))
    urls = ["/", post.url, "/p/about/", "/tag/tea/", "/archives/", "/atom.xml", "/feed.json", "/sitemap.xml"]
    urls += [
        "/robots.txt",
        "/post/tea/qr.svg",
        "/post/tea/comments/",
        "/api/posts/",
        "/api/posts/tea/",
        "/api/tags/tea/",
    ]

    for url in urls:
        answer = client.head(url)
        assert (answer.status_code, answer.content) == (200, b""), url
        assert answer["Content-Type"] == client.get(url)["Content-Type"], url


def test_dates_are_those_of_the_sites_time_zone(client, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    moment = datetime(2019, 12, 31, 18, tzinfo=UTC)  # 2020 in Shanghai
    make_post(title="New year", published_at=moment)

    assert "New year" in client.get("/archives/2020/1/").content.decode()
    assert "New year" in client.get("/archives/2020/").content.decode()
    assert client.get("/archives/2019/").status_code == 404
    assert client.get("/archives/2019/12/").status_code == 404
    assert "2020-01-01" in client.get("/post/new-year/").content.decode()
    assert [post["title"] for post in client.get("/api/posts/?year=2020").json()["results"]] == ["New year"]
    assert client.get("/api/posts/?year=2019").json()["results"] == []
    assert client.get("/api/posts/new-year/").json()["published_at"] == "2019-12-31T18:00:00Z"


def locations(client, url: str) -> list[str]:
    tree = lxml.etree.fromstring(client.get(url).content)
    return [each.text.removeprefix("http://testserver") for each in tree.iterfind("{*}*/{*}loc")]


def test_a_long_sitemap_is_an_index_of_files_that_have_every_page_once(client, monkeypatch):
    monkeypatch.setattr("blog.posts.sitemaps.MAX_ENTRIES", 3)
    monkeypatch.setattr("blog.posts.sitemaps.SiteMap.limit", 3)
    topic = make_topic("Teas")
    urls = [make_post(title=f"Tea {n}", days_ago=n + 1, topic=topic).url for n in range(4)]
    make_page(title="About")

    files = locations(client, "/sitemap.xml")

    assert files[:2] == ["/sitemap-posts.xml", "/sitemap-posts.xml?p=2"]
    assert "/sitemap-pages.xml" in files
    assert "/sitemap-activities.xml" not in files, "there is none"
    assert locations(client, files[0]) + locations(client, files[1]) == urls
    every = [url for file in files for url in locations(client, file)]
    assert len(every) == len(set(every))
    assert {"/", "/p/about/", "/topic/teas/", "/author/ann/"} <= set(every)


def test_a_sitemap_leaves_out_what_search_engines_are_sent_elsewhere_for(client):
    make_post(title="Mine")
    make_post(title="Copied", canonical_url="https://example.org/first/")
    make_page(title="Copied page", canonical_url="https://example.org/page/")
    make_post(title="Hidden", visibility="unlisted")
    make_post(title="Later", days_ago=-1)

    assert [url for url in locations(client, "/sitemap.xml") if url.startswith(("/post/", "/p/"))] == ["/post/mine/"]


def test_versions_of_a_text_are_named_in_the_sitemap_once_both_are_public(client):
    original = make_post(title="Tea", language="en")
    chinese = make_post(title="茶", language="zh-hans", translation_of=original, status="draft")

    def alternates() -> set[tuple[str, str]]:
        tree = lxml.etree.fromstring(client.get("/sitemap.xml").content)
        return {(each.get("hreflang"), each.get("href")) for each in tree.iterfind(".//{*}link")}

    assert alternates() == set()
    chinese.status = Post.Status.PUBLISHED
    chinese.save()
    assert alternates() == {
        ("en", "http://testserver/post/tea/"),
        ("zh-hans", "http://testserver/post/%E8%8C%B6/"),
    }


def test_an_author_without_public_posts_is_in_no_list(client):
    make_post(title="Secret", author=people.edith(), visibility="private")
    make_post(title="Draft", author=people.cid(), status="draft")

    assert client.get("/author/edith/").status_code == 404
    assert client.get("/author/cid/").status_code == 404
    assert not [url for url in locations(client, "/sitemap.xml") if url.startswith("/author/")]
