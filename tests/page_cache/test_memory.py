"""Memory is bounded, and strangers cannot fill it."""

import os

import pytest

from tests.page_cache.blog import TEXT

MB = 1024 * 1024


@pytest.mark.parametrize("host", ["evil.example", "localhost:port", "", "localhost, localhost", "a" * 5000])
def test_a_host_that_is_not_ours_is_not_kept(story, host):
    async def test(blog):
        for _again in range(2):
            await blog.get("/", host=host)

        assert blog.n_asked == 2
        assert blog.n_kept == 0

    story(test)


def test_a_host_in_other_letters_is_the_same_host(story):
    """RFC 9110, section 4.2.3. Its spellings do not fill the table of known hosts."""

    async def test(blog):
        for host in ["LOCALHOST", "LocalHost", "localhost"]:
            await blog.get("/", host=host)

        assert blog.n_asked == 1
        assert blog.n_kept == 1
        assert [*blog.cache.hosts[False], *blog.cache.hosts[True]] == [b"localhost"]

    story(test)


def test_addresses_and_words_that_are_too_long_are_not_kept(story):
    async def test(blog):
        await blog.get("/nothing/" + "x" * 1000)
        await blog.get("/search/?q=" + "x" * 300)

        assert blog.n_kept == 0

    story(test)


def test_those_not_asked_for_longest_make_room(story, settings):
    settings.PAGE_CACHE_MB = 1

    async def test(blog):
        for n in range(200):
            blog.text = os.urandom(5000).hex()
            await blog.get(f"/post/{n}/", accept_encoding="br")
            await blog.get("/post/0/", accept_encoding="br")
            assert blog.size <= MB

        n_before = blog.n_asked
        assert n_before == 200
        await blog.get("/post/0/", accept_encoding="br")
        await blog.get("/post/199/", accept_encoding="br")
        assert blog.n_asked == n_before
        await blog.get("/post/1/")
        assert blog.n_asked == n_before + 1

    story(test)


def test_guessed_addresses_do_not_push_pages_out(story, settings):
    settings.PAGE_CACHE_MB = 1

    async def test(blog):
        await blog.get("/")
        blog.text = TEXT * 5
        for n in range(200):
            await blog.get(f"/search/?q={n}")
            blog.status = 404
            await blog.get(f"/wp-login/{n}/")
            blog.status = 200
        n_before = blog.n_asked

        await blog.get("/")
        assert blog.n_asked == n_before
        assert blog.size <= 1.2 * MB

    story(test)


def test_what_is_too_large_goes_past(story, settings):
    settings.PAGE_CACHE_MB = 1
    text = "x" * MB

    async def test(blog):
        assert (await blog.get("/", cookie="a=b")).text == text
        assert (await blog.get("/")).text == text
        assert blog.size < 10_000
        assert (b"cookie", b"a=b") in blog.asked[1]["headers"]
        assert blog.n_asked == 3  # once to learn that it is so

    story(test, text=text)


def test_what_is_weighed_is_what_is_there(story):
    async def test(blog):
        for name in ("br", "gzip", "br", ""):
            await blog.get("/", accept_encoding=name)
            await blog.get("/tags/", accept_encoding=name)

        assert blog.size == sum(entry.size for entry in blog.cache.pages.entries.values())
        blog.change()
        await blog.get("/")
        assert blog.size == sum(entry.size for entry in blog.cache.pages.entries.values())
        blog.change(is_hard=True)
        blog.status = 500
        await blog.get("/")
        assert blog.size == 0

    story(test)
