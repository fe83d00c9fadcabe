import asyncio
import gzip
import tracemalloc
from time import monotonic

import pytest

from frodo.outside import (
    BadAnswer,
    BadStatus,
    BadUrl,
    NotFetched,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    WrongType,
    fetch,
)
from tests.outside.hosts import Host, leads_to, packed, page, says

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


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://127.0.0.1/",
        "javascript:1",
        "data:text/html,tea",
        "http://me:secret@127.0.0.1/",
        "http://[::1",
        "/" + "a" * 3000,
    ],
)
def test_a_redirect_must_lead_to_the_web(fetched, location):
    with Host({"/": leads_to(location)}) as host, pytest.raises(BadUrl):
        fetched(f"{host.url}/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tea",
        "//blog.example/",
        "file:///etc/passwd",
        "ftp://blog.example/",
        "http:///tea",
        "http://",
        "https://?",
        "javascript:alert(1)",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "unix:/run/docker.sock",
        "ws://blog.example/",
        "http://me@blog.example/",
        "http://me:secret@blog.example/",
        "http://blog.example:80@127.0.0.1/",
        "http://blog.example\\@127.0.0.1/",
        "http://blog.example:tea/",
        "http://blog.example:0/",
        "http://blog.example:65536/",
        "http://blog.example:-80/",
        "http://a..b/",
        "http://.a/",
        "http://a../",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 130}example/",
        "http://blog.example/" + "a" * 2048,
        "http://[fe80::1%25eth0]/",
        "http://[::1]x/",
        "http://[/",
        "http://bl og.example/",
        "http://blog%2eexample/",
        "http://127.0.0.1%00.blog.example/",
        "http://\udcff.example/",
        "http://blog.example/\udcff",
        "http://☕.example/",
    ],
)
def test_what_is_no_address_on_the_web_is_not_asked(fetched, url):
    with pytest.raises(BadUrl):
        fetched(url)


@pytest.mark.parametrize(
    "path",
    ["/\r\nX-Injected: 1", "/%0d%0a\r\n\r\nGET /secret HTTP/1.1", "/\n", "/\t", "/\0", " HTTP/1.1\r\nHost: other"],
)
def test_an_address_adds_no_lines_to_the_request(fetched, path):
    with Host({"/": page(b"tea")}) as host, pytest.raises(BadUrl):
        fetched(f"{host.url}{path}")

    assert host.n_connections == 0


def test_escaped_line_ends_stay_escaped(fetched):
    with Host({"/%0d%0aX-Injected:%201": page(b"tea")}) as host:
        assert fetched(f"{host.url}/%0d%0aX-Injected:%201").body == b"tea"

    assert host.heard[0].count(b"\r\n") == host.heard[0].count(b"\n") == 8


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "404 Not Found", "410 Gone", "403 Forbidden"])
def test_another_status_is_said(fetched, status):
    body = says(status, "Content-Type: text/html")
    with Host({"/": body}) as host, pytest.raises(NotFetched) as refused:
        fetched(f"{host.url}/", accept=("text/html",), bodies=("text/html",)).body  # noqa: B018

    assert (refused.value.code, refused.value.answered) == ("bad_status", int(status[:3]))
    assert not refused.value.may_pass


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

    assert (refused.value.retry_after, refused.value.may_pass) == (seconds, True)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/svg", "texthtml", "text/html-not"])
def test_another_type_is_not_read(fetched, kind):
    with Host({"/": page(b"<title>Tea</title>", kind)}) as host, pytest.raises(WrongType):
        fetched(f"{host.url}/", accept=("text/html", "image/png"))


def test_where_no_type_is_said_the_first_bytes_say_it(fetched):
    answers = {
        "/": says("200 OK", body=b"\n<!DOCTYPE html><title>Tea</title>"),
        "/png": says("200 OK", "Content-Type: application/octet-stream", body=b"\x89PNG\r\n\x1a\n..."),
        "/words": says("200 OK", body=b"tea"),
    }
    with Host(answers) as host:
        assert fetched(f"{host.url}/", accept=("text/html",)).type == "text/html"
        assert fetched(f"{host.url}/png", accept=("image/*",)).type == "image/png"
        with pytest.raises(WrongType):
            fetched(f"{host.url}/words", accept=("text/html",))


def endless(head: bytes, piece: bytes):
    def answer(host):
        yield head
        while not host.closing.is_set():
            yield piece

    return answer


def test_a_body_without_an_end_is_too_large(fetched):
    answers = {
        "/": endless(says("200 OK", "Content-Type: text/html"), b"tea " * 10_000),
        "/chunked": endless(
            says("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked"),
            b"fa0\r\n" + b"tea " * 1000 + b"\r\n",
        ),
    }
    with Host(answers) as host:
        for path in answers:
            with pytest.raises(TooLarge):
                fetched(f"{host.url}{path}", most_bytes=500_000)
            assert fetched(f"{host.url}{path}", most_bytes=500_001, may_cut=True).body == (b"tea " * 130_000)[:500_001]


def test_a_body_in_crumbs_is_too_large(fetched):
    head = says("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")
    with Host({"/": endless(head, b"1\r\na\r\n" * 1000)}) as host:
        with pytest.raises(TooLarge):
            fetched(f"{host.url}/")
        assert 0 < len(fetched(f"{host.url}/", may_cut=True).body) < 20_000


def test_what_says_that_it_is_too_large_is_not_read(fetched):
    with (
        Host({"/": says("200 OK", "Content-Type: image/png", "Content-Length: 100001")}) as host,
        pytest.raises(TooLarge),
    ):
        fetched(f"{host.url}/")


def test_what_is_just_large_enough_is_whole(fetched):
    with Host({"/": page(b"t" * 100_000), "/packed": packed(b"t" * 100_000)}) as host:
        assert len(fetched(f"{host.url}/").body) == len(fetched(f"{host.url}/packed").body) == 100_000


def test_a_packed_body_is_unpacked_no_further_than_wanted(fetched):
    bomb = packed(b"\0" * 100_000_000)
    with Host({"/": bomb}) as host:
        fetched(f"{host.url}/", may_cut=True)  # whatever is loaded once is loaded
        tracemalloc.start()
        with pytest.raises(TooLarge):
            fetched(f"{host.url}/")
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(fetched(f"{host.url}/", may_cut=True).body) == 100_000

    assert most < 3_000_000


def test_packed_bytes_that_hold_nothing_are_counted_too(fetched):
    name_without_an_end = b"\x1f\x8b\x08\x08\0\0\0\0\0\0"
    head = says("200 OK", "Content-Type: text/html", "Content-Encoding: gzip", body=name_without_an_end)
    with Host({"/": endless(head, b"a" * 10_000)}) as host, pytest.raises(TooLarge):
        fetched(f"{host.url}/")


@pytest.mark.parametrize("packing", ["br", "zstd", "deflate", "gzip, gzip", "compress", "tea"])
def test_a_packing_that_was_not_asked_for_makes_no_sense(fetched, packing):
    answer = says("200 OK", "Content-Type: text/html", f"Content-Encoding: {packing}", body=gzip.compress(b"tea"))
    with Host({"/": answer}) as host, pytest.raises(BadAnswer):
        fetched(f"{host.url}/")


def test_a_broken_packing_makes_no_sense(fetched):
    answer = says("200 OK", "Content-Type: text/html", "Content-Encoding: gzip", body=b"tea")
    with Host({"/": answer}) as host, pytest.raises(BadAnswer):
        fetched(f"{host.url}/")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"tea\r\n\r\n",
        b"",
        b"HTTP/1.1 tea\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        says("200 OK", *[f"X-{n}: {'a' * 1000}" for n in range(200)]),
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200000,
        says("200 OK", "Content-Length: tea"),
        says("200 OK", "Content-Length: 5", "Content-Length: 6", body=b"green"),
        says("200 OK", "Content-Type: text/html", "Content-Length: 9", body=b"tea"),
        says("200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked", body=b"tea"),
    ],
)
def test_nonsense_is_no_answer(fetched, nonsense):
    with Host({"/": nonsense}) as host, pytest.raises(BadAnswer):
        fetched(f"{host.url}/")


def silent(host):
    host.closing.wait(30)
    return b""


def drop_by_drop(head: bytes):
    def answer(host):
        yield head
        while not host.closing.wait(0.05):
            yield b"a"

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        silent,
        drop_by_drop(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drop_by_drop(says("200 OK", "Content-Type: text/html")),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_who_takes_too_long_is_left(fetched, answer):
    with Host({"/": answer}) as host, pytest.raises(TimedOut) as refused:
        fetched(f"{host.url}/", seconds=0.5)

    assert refused.value.may_pass


def test_redirects_share_the_time(fetched):
    def slow(host):
        host.closing.wait(0.4)
        return leads_to("/")

    with Host({"/": slow}) as host, pytest.raises(TimedOut):
        fetched(f"{host.url}/", seconds=1)

    assert len(host.heard) <= 3


def test_nobody_at_home_is_said(fetched):
    with Host() as host:
        pass

    with pytest.raises(Unreachable) as refused:
        fetched(f"{host.url}/")
    assert refused.value.may_pass


def test_a_name_that_does_not_exist_is_said(fetched):
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable):
        fetched("http://nowhere.invalid/", resolve=nowhere)


def test_of_what_is_only_looked_at_no_body_is_read(fetched):
    head = says("200 OK", "Content-Type: video/mp4", "Content-Length: 4000000000")
    with Host({"/film.mp4": endless(head, b"a" * 10_000)}) as host:
        found = fetched(f"{host.url}/film.mp4", bodies=("text/html",))

    assert (found.type, found.body) == ("video/mp4", b"")


def test_a_host_is_asked_one_thing_at_a_time():
    async def together(url: str):
        return await asyncio.gather(*(fetch(f"{url}/{n}", most_bytes=100) for n in range(5)))

    def slow(host):
        host.closing.wait(0.05)
        return page(b"tea")

    with Host({f"/{n}": slow for n in range(5)}) as host:
        found = asyncio.run(together(host.url))

    assert [each.body for each in found] == [b"tea"] * 5
    assert host.n_open_at_once == 1


def test_between_two_questions_to_one_host_there_is_a_pause(fetched, settings):
    settings.OUTSIDE_PAUSE = 0.3
    with Host({"/tea": page(b"tea")}) as host:
        fetched(f"{host.url}/tea")
        began = monotonic()
        fetched(f"{host.url}/tea")

    assert monotonic() - began > 0.25


def test_what_goes_wrong_is_said_in_the_log_without_the_whole_address(fetched, caplog):
    caplog.set_level("INFO", "frodo.outside")
    with Host() as host, pytest.raises(BadStatus):
        fetched(f"{host.url}/?token=secret")

    assert "127.0.0.1 was not fetched: bad_status 404" in caplog.text
    assert "secret" not in caplog.text
