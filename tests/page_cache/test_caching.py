"""What is kept, for whom, and what is not."""

import asyncio
import gzip

import brotli
import pytest

from frodo.page_cache import entry
from tests.page_cache.blog import BROWSER, TEXT


def test_the_second_reader_costs_nothing(story):
    async def test(blog):
        first, second = await blog.get("/"), await blog.get("/", cookie="sessionid=ann; visitor=x")

        assert blog.n_asked == 1
        assert first.body == second.body == TEXT.encode()
        assert second.headers == first.headers

    story(test)


def test_django_is_asked_in_nobodys_name(story):
    async def test(blog):
        await blog.get(
            "/",
            cookie="sessionid=ann; django_language=zh-hans",
            user_agent=BROWSER,
            accept_encoding="br",
            if_none_match='"x"',
            range="bytes=0-9",
            authorization="Bearer ann",
            x_forwarded_for="192.0.2.1",
        )

        assert blog.asked[0]["headers"] == [(b"host", b"localhost"), (b"accept-language", b"zh-hans")]
        assert blog.asked[0]["client"] is None

    story(test)


def test_head_is_answered_from_the_same_entry(story):
    async def test(blog):
        head = await blog.get("/", method="HEAD", accept_encoding="gzip")
        get = await blog.get("/", accept_encoding="gzip")

        assert blog.n_asked == 1
        assert blog.asked[0]["method"] == "GET"
        assert head.body == b""
        assert head.headers == get.headers
        assert get.headers["content-length"] == str(len(get.body))
        assert (await blog.get("/", method="HEAD")).headers["content-length"] == str(len(TEXT.encode()))

    story(test)


@pytest.mark.parametrize(
    ("accepted", "used"),
    [
        (None, ""),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("identity", ""),
        ("br;q=nonsense", ""),
        ("gzip;q=0, br;q=0", ""),
        ("zstd", ""),
    ],
)
def test_bytes_come_in_the_encoding_the_client_likes_best(story, accepted, used):
    async def test(blog):
        for _again in range(2):
            answer = await blog.get("/", **({"accept_encoding": accepted} if accepted else {}))

            assert answer.headers.get("content-encoding", "") == used
            unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[used]
            assert unpack(answer.body) == TEXT.encode()
        assert blog.n_asked == 1

    story(test)


def test_an_encoding_is_made_once_for_all_who_wait(story, monkeypatch):
    packed = []
    monkeypatch.setitem(entry.COMPRESS, "gzip", lambda body: packed.append(1) or gzip.compress(body))

    async def test(blog):
        await asyncio.gather(*(blog.get("/", accept_encoding="gzip") for _ in range(20)))

        assert packed == [1]

    story(test)


def test_a_short_text_is_sent_as_it_is(story):
    async def test(blog):
        assert "content-encoding" not in (await blog.get("/", accept_encoding="br")).headers

    story(test, text="User-agent: *")


def test_each_encoding_has_a_strong_etag_of_its_own(story):
    async def test(blog):
        tags = {(await blog.get("/", accept_encoding=name)).headers["etag"] for name in ("br", "gzip", "identity")}

        assert len(tags) == 3
        assert all(tag.startswith('"') for tag in tags)

    story(test)


def test_what_the_reader_has_is_not_sent_again(story):
    async def test(blog):
        had = await blog.get("/", accept_encoding="br")
        etag = had.headers["etag"]

        for asked in (etag, f"W/{etag}", f'"x", {etag}', "*"):
            for method in ("GET", "HEAD"):
                again = await blog.get("/", accept_encoding="br", if_none_match=asked, method=method)
                assert (again.status, again.body) == (304, b"")
                for name in ("etag", "vary", "cache-control"):
                    assert again.headers[name] == had.headers[name]
        assert (await blog.get("/", accept_encoding="br", if_none_match='"x"')).status == 200
        assert (await blog.get("/", accept_encoding="gzip", if_none_match=etag)).status == 200
        assert blog.n_asked == 1

    story(test)


def test_the_same_text_has_the_same_etag_in_every_process(story):
    tags = []

    async def test(blog):
        tags.append((await blog.get("/")).headers["etag"])

    story(test)
    story(test)

    assert tags[0] == tags[1]


def test_a_cdn_is_told_to_ask_and_what_differs(story):
    async def test(blog):
        answer = await blog.get("/")

        assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
        assert answer.headers["vary"] == "Accept-Encoding, Accept-Language, Cookie"

    story(test, headers={"Cache-Control": "max-age=600", "Expires": "Thu, 01 Jan 2026 00:00:00 GMT"})


def test_a_cdn_may_be_trusted_for_a_while(story, settings):
    settings.PAGE_CACHE_CDN_SECONDS = 30

    async def test(blog):
        assert (await blog.get("/")).headers["cache-control"] == "public, max-age=0, s-maxage=30"

    story(test)


def test_each_language_is_a_page_of_its_own(story):
    async def test(blog):
        await blog.get("/", accept_language="en-GB,en;q=0.7")
        await blog.get("/", accept_language="en")
        await blog.get("/", accept_language="fr")
        await blog.get("/")
        assert blog.n_asked == 1

        await blog.get("/", accept_language="zh-CN,zh;q=0.9,en;q=0.8")
        await blog.get("/", accept_language="en", cookie="a=b; django_language=zh-hans; c=d")
        await blog.get("/", accept_language="en", cookie="django_language=zh-hans")
        assert blog.n_asked == 2
        assert dict(blog.asked[1]["headers"])[b"accept-language"] == b"zh-hans"

        await blog.get("/", cookie="not_django_language=zh-hans; django_language=xx")
        await blog.get("/", accept_language="x" * 5000)
        assert blog.n_asked == 2

    story(test)


def test_host_scheme_and_path_make_a_page(story):
    async def test(blog):
        for difference in ({}, {"host": "127.0.0.1"}, {"scheme": "https"}, {"address": "/tags/"}):
            await blog.get(**difference)
            await blog.get(**difference)

        assert blog.n_asked == 4

    story(test)


def test_one_host_has_one_page_however_it_is_written(story):
    async def test(blog):
        for host in ("localhost", "LocalHost", "localhost:80", "LOCALHOST.", "localhost"):
            assert (await blog.get("/", host=host)).status == 200
        assert blog.n_asked == 1
        assert (b"host", b"localhost") in blog.asked[0]["headers"]

        await blog.get("/", host="localhost:443", scheme="https")
        await blog.get("/", host="localhost", scheme="https")
        assert blog.n_asked == 2

    story(test)


def test_made_up_ports_push_out_no_page(story):
    async def test(blog):
        await blog.get("/")
        for port in range(1000, 1300):
            await blog.get("/", host=f"localhost:{port}")
        assert len(blog.cache.pages.entries) == 1
        assert sum(map(len, blog.cache.hosts)) == 1

        n_asked = blog.n_asked
        await blog.get("/")
        assert blog.n_asked == n_asked

    story(test)


def test_made_up_hosts_push_out_no_page_where_all_are_allowed(story, settings):
    settings.ALLOWED_HOSTS = ["localhost", ".blog.example"]

    async def test(blog):
        await blog.get("/")
        for n in range(300):
            await blog.get("/", host=f"x{n}.blog.example")
        assert len(blog.cache.pages.entries) == 1

    story(test)


def test_with_site_url_every_host_is_shown_the_same_page(story, settings):
    settings.SITE_URL = "https://blog.example"

    async def test(blog):
        for host in ("localhost", "127.0.0.1", "localhost:8000", "localhost:1234"):
            await blog.get("/", host=host)
        assert blog.n_asked == 1

        await blog.get("/", host="evil.example")
        assert blog.n_asked == 2  # Django refuses it
        assert blog.n_kept == 1

    story(test)


def test_behind_a_proxy_its_word_is_the_scheme(story, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    async def test(blog):
        await blog.get("/")
        await blog.get("/", x_forwarded_proto="http")
        await blog.get("/", x_forwarded_proto="nonsense")
        assert blog.n_asked == 1

        await blog.get("/", x_forwarded_proto="https")
        await blog.get("/", x_forwarded_proto="https, http")
        assert blog.n_asked == 2
        assert dict(blog.asked[1]["headers"])[b"x-forwarded-proto"] == b"https"

    story(test)


def test_headers_that_come_twice_are_read_as_django_reads_them(story):
    async def test(blog):
        await blog.get("/", cookie="django_language=zh-hans")

        await blog.get("/", Cookie="a=b", cookie="django_language=zh-hans")

        assert blog.n_asked == 1

    story(test)


@pytest.mark.parametrize(
    "address",
    [
        *("/admin/", "/api/me/", "/api/posts/a-walk/comments/", "/healthz", "/post/a/comment/"),
        *("/accounts/sign-in/", "/accounts/me/", "/accounts/link/secret/", "/accounts/with/github/login/callback/"),
    ],
)
def test_what_is_not_marked_goes_to_django_each_time_as_it_came(story, address):
    async def test(blog):
        for _again in range(2):
            await blog.get(address, cookie="sessionid=ann")

        assert blog.n_asked == 2
        assert (b"cookie", b"sessionid=ann") in blog.asked[0]["headers"]
        assert blog.n_kept == 0

    story(test)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_go_to_django(story, method):
    async def test(blog):
        await blog.get("/")
        await blog.get("/", method=method)

        assert blog.n_asked == 2

    story(test)


@pytest.mark.parametrize(
    "headers",
    [
        {"Set-Cookie": "a=b"},
        {"Cache-Control": "private"},
        {"Cache-Control": "max-age=0, no-store"},
        {"Vary": "Accept-Language, Cookie"},
        {"Vary": "*"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_an_answer_for_one_reader_is_made_for_each_in_their_own_name(story, headers):
    async def test(blog):
        for name in ("ann", "bob"):
            answer = await blog.get("/", cookie=f"sessionid={name}")

            assert (b"cookie", f"sessionid={name}".encode()) in blog.asked[-1]["headers"]
            assert {n.lower(): v for n, v in headers.items()}.items() <= answer.headers.items()
        assert blog.n_asked == 3  # once to learn that it is so

    story(test, headers=headers)


@pytest.mark.parametrize(("status", "n_asked"), [(200, 1), (301, 1), (404, 1), (302, 2), (400, 2), (403, 2), (500, 2)])
def test_which_answers_are_kept(story, status, n_asked):
    async def test(blog):
        for _again in range(2):
            answer = await blog.get("/")
            assert (answer.status, answer.text) == (status, TEXT)
            assert answer.headers["location"] == "/there/"

        assert blog.n_asked == n_asked

    story(test, status=status, headers={"Location": "/there/", "Cache-Control": "max-age=5"})


@pytest.mark.parametrize("status", [200, 301, 302, 400, 403, 404, 410, 429, 500, 502, 503])
@pytest.mark.parametrize("accepted", ["identity", "gzip", "br", "*", "br;q=0", "gzip, br"])
def test_the_length_that_is_announced_is_sent(story, status, accepted):
    async def test(blog):
        for _again in range(2):
            answer = await blog.get("/", accept_encoding=accepted)
            head = await blog.get("/", accept_encoding=accepted, method="HEAD")

            assert answer.status == head.status == status
            assert answer.headers["content-length"] == head.headers["content-length"] == str(len(answer.body))
            unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
            assert unpack[answer.headers.get("content-encoding", "")](answer.body) == TEXT.encode()
            assert head.body == b""

    story(test, status=status, headers={"Content-Length": str(len(TEXT.encode()))})


@pytest.mark.parametrize("status", [301, 404, 500])
def test_what_is_no_page_is_sent_whatever_the_reader_has(story, status):
    async def test(blog):
        for asked in ({"if_none_match": "*"}, {"if_modified_since": "Fri, 01 Jan 2038 00:00:00 GMT"}):
            assert (await blog.get("/", **asked)).status == status

    story(test, status=status, headers={"Last-Modified": "Sat, 01 Jan 2000 00:00:00 GMT"})


def test_a_redirect_keeps_what_stands_after_the_question_mark(story):
    async def test(blog):
        assert (await blog.get("/post/a?utm_source=mail")).headers["location"] == "/post/a/?utm_source=mail"
        assert (await blog.get("/post/a")).headers["location"] == "/post/a/"
        assert blog.n_asked == 1

    story(test, status=301, headers={"Location": "/post/a/"})


def test_tracking_words_make_no_other_page(story):
    async def test(blog):
        for query in ("", "?utm_source=mail", "?fbclid=" + "x" * 2000, "?q=tea&page=3", "?%ff=&&=", "?a" * 500):
            assert (await blog.get("/post/a-walk/" + query)).status == 200

        assert blog.n_asked == 1
        assert blog.asked[0]["query_string"] == b""

    story(test)


def test_known_words_do_in_any_order_and_company(story):
    async def test(blog):
        for query in ("q=tea&page=2", "page=2&utm=x&q=tea", "q=x&q=tea&page=2", "q=te%61&page=2"):
            await blog.get("/search/?" + query)
        assert [scope["query_string"] for scope in blog.asked] == [b"q=tea&page=2"]

        await blog.get("/search/?q=%E8%8C%B6")
        assert blog.asked[1]["query_string"] == b"q=%E8%8C%B6"

    story(test)


def test_turned_off_nothing_is_kept(story, settings):
    settings.PAGE_CACHE_MB = 0

    async def test(blog):
        for _again in range(2):
            assert (await blog.get("/", cookie="a=b")).body == TEXT.encode()

        assert blog.n_asked == 2
        assert (b"cookie", b"a=b") in blog.asked[0]["headers"]
        assert blog.book.n_asked == 0

    story(test)


def test_what_a_page_is_about_does_not_leave_the_house(story, settings):
    async def test(blog):
        for _again in range(2):
            assert "x-frodo-about" not in (await blog.get("/post/a-walk/")).headers

    story(test, headers={"Surrogate-Key": "7"})
    settings.PAGE_CACHE_MB = 0
    story(test, headers={"Surrogate-Key": "7"})
