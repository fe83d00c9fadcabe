"""What holds for all pages."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import lxml.html
import pytest

from blog.models import Post, Tag
from frodo.embeds import PLAYERS
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
    "/author/ann/",
    "/archives/2024/5/",
    "/blogroll/",
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


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=tea&page=1",
        "/search/?q=%E8%8C%B6%26x",
        "/accounts/sign-in/?next=%2Ftags%2F",
        "/nothing/here/?a=b",
        "/post/walk/comment/?parent=1",
    ],
)
def test_a_change_of_language_stays_on_the_same_page_with_its_query(client, address):
    page = lxml.html.fromstring(client.get(address).content.decode())
    forms = [form for form in page.forms if form.action == "/language/"]
    assert forms

    for form in forms:
        assert client.post("/language/", {"language": "zh-hans", **dict(form.form_values())}).url == address


def test_a_change_of_language_on_the_answer_to_a_post_leads_to_a_page(client):
    answer = client.post("/accounts/login/code/", {"email": "x"})
    page = lxml.html.fromstring(answer.content.decode())
    form = next(form for form in page.forms if form.action == "/language/")

    answer = client.post("/language/", {"language": "zh-hans", **dict(form.form_values())}, follow=True)

    assert answer.redirect_chain == [("/accounts/login/code/", 302)]
    assert answer.status_code == 200


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


@pytest.mark.parametrize("address", [*ADDRESSES[:-1], "/archives/2024/"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("said", ["", "Tea & walks."])
def test_every_page_has_one_description(client, settings, address, language, said):
    settings.SITE_DESCRIPTION = said

    page = client.get(address, headers={"accept-language": language}).content.decode()

    [text] = re.findall(r'<meta name="description" content="([^"]*)">', page)
    assert text.strip()
    assert text in re.findall(r'<meta property="og:description" content="([^"]*)">', page)
    if said and address == "/":
        assert text == "Tea &amp; walks."
    if language == "zh-hans" and address in {"/archives/", "/archives/2024/", "/tags/", "/tag/tea/"}:
        assert not re.search(r"\b(?:All|Posts|The)\b", text)


def test_lists_describe_themselves(client):
    def description(address: str) -> str:
        return re.search(r'name="description" content="([^"]*)"', client.get(address).content.decode())[1]

    assert description("/") == "The newest posts on Frodo."
    assert description("/archives/2024/") == "Posts on Frodo from 2024."
    assert description("/tag/tea/") == "Posts on Frodo tagged “tea”."
    Tag.objects.update(description="All about tea.")
    assert description("/tag/tea/") == "All about tea."


def test_a_post_without_words_is_described_by_its_title(client):
    make_post(title="Hills", slug="hills", text="")

    assert '<meta name="description" content="Hills">' in client.get("/post/hills/").content.decode()


@pytest.mark.parametrize("address", ["/", "/post/walk/", "/activities/", "/topic/walks/"])
def test_times_are_written_to_the_second(client, address):
    Post.threads.update(published_at=datetime(2024, 5, 1, 12, 30, 1, 123456, tzinfo=UTC))

    times = re.findall(r'<time datetime="([^"]*)"', client.get(address).content.decode())

    assert "2024-05-01T12:30:01+00:00" in times


@pytest.mark.parametrize("address", ADDRESSES)
def test_forms_of_one_page_have_different_names(client, address):
    names = re.findall(r'<form [^>]*aria-label="([^"]*)"', client.get(address).content.decode())

    assert names == ["Switch language", "Language"]


@pytest.mark.parametrize("host", PLAYERS)
def test_a_player_that_an_author_may_embed_is_one_that_browsers_load(client, host):
    code = f"""<iframe width="560" height="315" src="https://{host}{PLAYERS[host]}I07XMi7MHd4?si=x" title="A film" \
frameborder="0" allow="encrypted-media" referrerpolicy="strict-origin-when-cross-origin" allowfullscreen></iframe>"""
    make_post(title="Film", slug="film", text=code)

    answer = client.get("/post/film/")

    policy = answer.headers["Content-Security-Policy"]
    frames = re.search(r"frame-src ([^;]*)", policy)[1].split()
    source = re.search(r'<a [^>]*data-player="([^"]+)"', answer.content.decode())[1]
    assert "{0.scheme}://{0.netloc}".format(urlsplit(source)) in frames


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
    assert set(client.get("/readyz").json().values()) == {"ok"}


def test_robots_are_told_where_the_map_is(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_robots_are_not_told_where_an_admin_is_that_has_another_path(client, settings):
    assert "Disallow: /admin/\n" in client.get("/robots.txt").content.decode()
    settings.ADMIN_PATH = "desk-7"

    robots = client.get("/robots.txt").content.decode()

    assert "desk-7" not in robots
    assert "Disallow: /admin/" not in robots


@pytest.mark.parametrize(
    ("padded", "plain"),
    [
        ("/page/01/", "/page/1/"),
        ("/archives/0002024/", "/archives/2024/"),
        ("/tag/tea/page/002/", "/tag/tea/page/2/"),
        ("/activities/page/00002/", "/activities/page/2/"),
        ("/activities/007/", "/activities/7/"),
        ("/activities/007/comments.xml", "/activities/7/comments.xml"),
        ("/comment/007/", "/comment/7/"),
    ],
)
def test_a_number_has_no_leading_zeros(client, padded, plain):
    answer = client.get(padded)

    assert (answer.status_code, answer.url) == (301, plain)


@pytest.mark.django_db
def test_the_first_page_of_a_list_has_one_url(client):
    post = make_post(title="Tea", tags=("tea",), language="en")
    make_activity()
    author, year = f"/author/{post.author.username}/", f"/archives/{post.published_at.year}/"

    for path in ("/", "/en/", "/activities/", "/tag/tea/", author, year, f"/en{year}"):
        answer = client.get(f"{path}page/1/")
        assert (answer.status_code, answer.url) == (301, path)


@pytest.mark.parametrize("path", ["/nothing/007/", "/page/000/", "/007/", "/archives/0/"])
def test_zeros_elsewhere_lead_nowhere(client, path):
    assert client.get(path, follow=True).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/post/walk/", "/nothing/", "/accounts/sign-in/", "/admin/login/", "/api/posts/"]
)
@pytest.mark.parametrize("site_url", ["", "https://blog.example"])
def test_an_unknown_host_is_refused(client, settings, path, site_url):
    settings.SITE_URL = site_url
    client.raise_request_exception = False

    for host in ("evil.example", "a b", "localhost:x", "[::1"):
        assert client.get(path, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_to_whoever_asks_by_address(client, path):
    """A load balancer knows the IP address, and no name."""
    for host in ("192.0.2.7:8000", "[2001:db8::7]", "pod-7.internal"):
        assert client.get(path, headers={"host": host}).json()["status"] == "ok"
