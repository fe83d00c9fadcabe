"""Without a database, pages that are known are shown as they were."""

import asyncio

import pytest

from tests.page_cache.blog import BROWSER, TEXT, Book, until


@pytest.fixture(autouse=True)
def _looks_often(settings):
    settings.PAGE_CACHE_POLL_SECONDS = 0.01


def test_known_pages_are_served_and_say_that_they_are_stale(story):
    async def test(blog):
        fresh = await blog.get("/", accept_encoding="br")
        blog.status, blog.book.is_gone = 503, True
        await until(lambda: blog.cache.watch.is_away)

        for _again in range(3):
            answer = await blog.get("/", accept_encoding="br", if_none_match=fresh.headers["etag"])
            assert (answer.status, answer.body) == (200, fresh.body)
            assert answer.is_stale
            assert answer.headers["cache-control"] == "no-store"
            assert (await blog.get("/", method="HEAD")).is_stale
        assert blog.n_asked == 1

    story(test)


def test_unknown_ones_get_the_answer_of_django(story):
    async def test(blog):
        blog.status, blog.text, blog.book.is_gone = 503, "back in a moment", True
        await until(lambda: blog.cache.watch.is_away)

        answer = await blog.get("/")
        assert (answer.status, answer.text, answer.is_stale) == (503, "back in a moment", False)
        assert blog.n_kept == 0

    story(test)


def test_nothing_is_kept_of_what_is_made_meanwhile(story):
    async def test(blog):
        blog.book.is_gone = True
        await until(lambda: blog.cache.watch.is_away)
        await blog.get("/")

        assert blog.n_kept == 0

    story(test)


def test_all_is_well_when_it_returns(story):
    async def test(blog):
        await blog.get("/")
        blog.book.is_gone = True
        await until(lambda: blog.cache.watch.is_away)
        assert (await blog.get("/")).is_stale
        blog.book.is_gone = False
        await until(lambda: not blog.cache.watch.is_away)

        assert not (await blog.get("/")).is_stale
        assert blog.n_asked == 1

    story(test)


def test_what_changed_meanwhile_is_shown_when_it_returns(story):
    async def test(blog):
        await blog.get("/")
        blog.book.is_gone = True
        await until(lambda: blog.cache.watch.is_away)
        blog.text, blog.book.n = "new", 1
        blog.book.is_gone = False
        await until(lambda: not blog.cache.watch.is_away)

        assert (await blog.get("/")).text == "new"

    story(test)


def test_a_page_that_was_purged_is_known_all_the_same(story):
    async def test(blog):
        await blog.get("/")
        blog.change()
        blog.status = 500

        answer = await blog.get("/")
        assert (answer.status, answer.text) == (200, TEXT)
        assert answer.is_stale

    story(test)


def test_but_not_what_was_taken_away(story):
    async def test(blog):
        await blog.get("/post/secret/")
        blog.change(is_hard=True)
        blog.status, blog.text = 500, "broken"

        assert (await blog.get("/post/secret/")).text == "broken"

    story(test)


def test_an_error_of_the_application_itself_is_hidden_by_a_known_page(story):
    async def test(blog):
        await blog.get("/")
        blog.change()
        blog.error = OSError("a bug")

        assert (await blog.get("/")).is_stale
        with pytest.raises(OSError, match="a bug"):
            await blog.get("/tags/")

    story(test)


def test_who_waits_too_long_sees_the_page_as_it_was(story, settings):
    settings.PAGE_CACHE_STALE_AFTER_SECONDS = 0.01

    async def test(blog):
        await blog.get("/")
        blog.change()
        blog.door = asyncio.Event()

        assert (await blog.get("/")).is_stale
        blog.door.set()

    story(test)


def test_it_starts_without_one(story):
    book = Book()
    book.is_gone = True

    async def test(blog):
        assert (await blog.get("/")).status == 200

    story(test, book=book)


def test_views_wait_for_its_return(story, settings):
    settings.VIEWS_WRITE_SECONDS = 0.01

    async def test(blog):
        blog.book.is_gone = True
        await blog.get("/post/a/", user_agent=BROWSER)
        await asyncio.sleep(0.05)
        blog.book.is_gone = False

        await until(lambda: blog.book.views == {"7": 1})

    story(test, headers={"Surrogate-Key": "7"})
