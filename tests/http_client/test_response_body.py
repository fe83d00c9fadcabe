import gzip
import tracemalloc

import pytest

from frodo.http_client import BadAnswer, TimedOut, TooLarge, Unreachable, WrongType
from tests.http_client.hosts import Host, packed, page, says

pytestmark = pytest.mark.usefixtures("_hosts_on_loopback")


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

    assert refused.value.is_transient


def test_nobody_at_home_is_said(fetched):
    with Host() as host:
        pass

    with pytest.raises(Unreachable) as refused:
        fetched(f"{host.url}/")
    assert refused.value.is_transient


def test_of_what_is_only_looked_at_no_body_is_read(fetched):
    head = says("200 OK", "Content-Type: video/mp4", "Content-Length: 4000000000")
    with Host({"/film.mp4": endless(head, b"a" * 10_000)}) as host:
        found = fetched(f"{host.url}/film.mp4", bodies=("text/html",))

    assert (found.type, found.body) == ("video/mp4", b"")
