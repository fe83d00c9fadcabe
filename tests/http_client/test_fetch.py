import asyncio
from time import monotonic

import pytest

from frodo.http_client import BadStatus, NotFetched, TimedOut, TooManyRedirects, Unreachable, WrongType, fetch
from tests.http_client.hosts import Host, leads_to, page, says

pytestmark = pytest.mark.usefixtures("_hosts_on_loopback")


def test_it_brings_a_page(fetched):
    with Host({"/tea?kind=green": page("<p>茶".encode(), "Text/HTML; Charset=UTF-8")}) as host:
        found = fetched(f"{host.url}/tea?kind=green#leaves")

    assert (found.type, found.charset, found.body.decode()) == ("text/html", "UTF-8", "<p>茶")
    assert found.url == f"{host.url}/tea?kind=green"


def test_it_says_who_asks_and_nothing_else(fetched, settings, monkeypatch):
    settings.SITE_URL = "https://blog.example"
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with Host({"/": page(b"tea")}) as host:
        fetched(f"{host.url}/", accept=("text/html", "image/*"))

    first, *lines = host.heard[0].decode().split("\r\n")
    assert first == "GET / HTTP/1.1"
    assert dict(line.split(": ", 1) for line in lines if line) == {
        "Host": host.url.removeprefix("http://"),
        "User-Agent": "Mozilla/5.0 (compatible; Frodo; +https://blog.example)",
        "Accept": "text/html, image/*",
        "Accept-Language": "en, en;q=0.9, *;q=0.5",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def test_it_follows_to_where_the_page_has_gone(fetched):
    answers = {
        "/a": leads_to("b/../c?x=1#here", "301 Moved Permanently"),
        "/c?x=1": leads_to("/茶"),
        "/%E8%8C%B6": page(b"tea"),
    }
    with Host(answers) as host:
        found = fetched(f"{host.url}/a")

    assert (found.body, found.url) == (b"tea", f"{host.url}/%E8%8C%B6")


def test_cookies_are_not_brought_along(fetched):
    cookie = "Set-Cookie: who=me; Path=/"
    answers = {"/": says("302 Found", "Location: /tea", cookie, "Content-Length: 0"), "/tea": page(b"tea")}
    with Host(answers) as host:
        fetched(f"{host.url}/")
        fetched(f"{host.url}/tea")

    assert len(host.heard) == 3
    assert b"cookie" not in b"".join(host.heard).lower()


def test_five_redirects_are_followed_and_six_are_not(fetched):
    answers = {f"/{n}": leads_to(f"/{n - 1}") for n in range(1, 7)} | {"/0": page(b"tea")}
    with Host(answers) as host:
        assert fetched(f"{host.url}/5").body == b"tea"
        with pytest.raises(TooManyRedirects):
            fetched(f"{host.url}/6")


def test_a_circle_of_redirects_ends(fetched):
    with Host({"/a": leads_to("/b"), "/b": leads_to("/a")}) as host, pytest.raises(TooManyRedirects):
        fetched(f"{host.url}/a")

    assert len(host.heard) == 6


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "404 Not Found", "410 Gone", "403 Forbidden"])
def test_another_status_is_said(fetched, status):
    body = says(status, "Content-Type: text/html")
    with Host({"/": body}) as host, pytest.raises(NotFetched) as refused:
        fetched(f"{host.url}/", accept=("text/html",), bodies=("text/html",)).body  # noqa: B018

    assert (refused.value.code, refused.value.response_status) == ("bad_status", int(status[:3]))
    assert not refused.value.is_transient


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        ("120", 120),
        ("99999999999", 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("soon", None),
        ("-1", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("9" * 5000, 86400),
    ],
)
def test_who_is_busy_says_when_to_come_again(fetched, wait, seconds):
    with (
        Host({"/": says("503 Service Unavailable", f"Retry-After: {wait}")}) as host,
        pytest.raises(BadStatus) as refused,
    ):
        fetched(f"{host.url}/")

    assert (refused.value.retry_after, refused.value.is_transient) == (seconds, True)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/svg", "texthtml", "text/html-not"])
def test_another_type_is_not_read(fetched, kind):
    with Host({"/": page(b"<title>Tea</title>", kind)}) as host, pytest.raises(WrongType):
        fetched(f"{host.url}/", accept=("text/html", "image/png"))


def test_redirects_share_the_time(fetched):
    def slow(host):
        host.closing.wait(0.4)
        return leads_to("/")

    with Host({"/": slow}) as host, pytest.raises(TimedOut):
        fetched(f"{host.url}/", seconds=1)

    assert len(host.heard) <= 3


def test_a_name_that_does_not_exist_is_said(fetched):
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable):
        fetched("http://nowhere.invalid/", resolve=nowhere)


def test_a_host_is_asked_one_thing_at_a_time():
    async def together(url: str):
        return await asyncio.gather(*(fetch(f"{url}/{n}", most_bytes=100) for n in range(5)))

    asked, most = [], []

    def slow(host):
        asked.append(1)
        host.closing.wait(0.05)
        most.append(len(asked))
        asked.pop()  # before there is an answer, upon which the next may ask
        return page(b"tea")

    with Host({f"/{n}": slow for n in range(5)}) as host:
        found = asyncio.run(together(host.url))

    assert [each.body for each in found] == [b"tea"] * 5
    assert most == [1] * 5


def test_between_two_questions_to_one_host_there_is_a_pause(fetched, settings):
    settings.HTTP_CLIENT_PAUSE = 0.3
    with Host({"/tea": page(b"tea")}) as host:
        fetched(f"{host.url}/tea")
        began = monotonic()
        fetched(f"{host.url}/tea")

    assert monotonic() - began > 0.25
