"""Nothing that has changed is shown as it was."""

import asyncio
from time import time

import pytest
from channels.layers import get_channel_layer

from frodo.page_cache.versions import GROUP, Change
from tests.page_cache.blog import until


@pytest.fixture
def never_looks(settings):
    settings.PAGE_CACHE_POLL_SECONDS = 1000.0


@pytest.fixture
def always_looks(settings):
    settings.PAGE_CACHE_POLL_SECONDS = 0.01


def test_who_wrote_reads_it_in_the_next_request(story, never_looks):
    async def test(blog):
        await blog.get("/")
        blog.text = "new"
        blog.change()

        assert (await blog.get("/")).text == "new"

    story(test)


def test_a_comment_leaves_the_pages_of_other_posts(story, never_looks):
    async def test(blog):
        for about, address in {"1": "/post/a/", "2": "/post/b/", "": "/"}.items():
            blog.headers = {"Surrogate-Key": about} if about else {}
            await blog.get(address)
        blog.change("1")
        n_before = blog.n_asked

        await blog.get("/post/b/")
        assert blog.n_asked == n_before
        await blog.get("/post/a/")
        await blog.get("/")
        assert blog.n_asked == n_before + 2

    story(test)


def test_first_readers_wait_for_one_render(story):
    async def test(blog):
        blog.door = asyncio.Event()
        readers = [asyncio.create_task(blog.get("/", accept_encoding="br")) for _ in range(50)]
        await until(lambda: blog.n_asked)
        blog.door.set()
        answers = await asyncio.gather(*readers)

        assert blog.n_asked == 1
        assert len({answer.body for answer in answers}) == 1

    story(test)


def test_who_waits_gets_it_though_the_first_has_left(story):
    async def test(blog):
        blog.door = asyncio.Event()
        first = asyncio.create_task(blog.get("/"))
        await until(lambda: blog.n_asked)
        second = asyncio.create_task(blog.get("/"))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        blog.door.set()

        assert (await second).text == blog.text
        assert blog.n_asked == 1

    story(test)


def test_it_is_kept_though_all_have_left(story):
    async def test(blog):
        blog.door = asyncio.Event()
        only = asyncio.create_task(blog.get("/"))
        await until(lambda: blog.n_asked)
        only.cancel()
        await asyncio.gather(only, return_exceptions=True)
        blog.door.set()
        await until(lambda: blog.n_kept)

        await blog.get("/")
        assert blog.n_asked == 1

    story(test)


@pytest.mark.parametrize("about", [None, "5"])
def test_what_was_begun_before_a_change_is_not_kept(story, about, never_looks):
    async def test(blog):
        blog.door = asyncio.Event()
        before = asyncio.create_task(blog.get("/"))
        await until(lambda: blog.n_asked)
        old, blog.text = blog.text, "new"
        blog.change(about)
        after = asyncio.create_task(blog.get("/"))
        await until(lambda: blog.n_asked == 2)
        blog.door.set()

        assert (await before).text == old
        assert (await after).text == "new"
        assert (await blog.get("/")).text == "new"
        assert blog.n_asked == 2

    story(test)


def test_a_change_heard_while_it_was_made_counts_as_well(story, never_looks):
    """Nobody asks between the change and the end of the render."""

    async def test(blog):
        blog.door = asyncio.Event()
        before = asyncio.create_task(blog.get("/"))
        await until(lambda: blog.n_asked)
        blog.text = "new"
        blog.change()
        blog.door.set()
        await before

        assert blog.n_kept == 0
        assert (await blog.get("/")).text == "new"

    story(test)


# Other processes


def test_others_are_heard_over_the_layer(story, never_looks):
    async def test(blog):
        await until(lambda: blog.cache.watch.channel in get_channel_layer().groups.get(GROUP, {}))
        await blog.get("/")
        blog.text, blog.book.n = "new", 1
        await get_channel_layer().group_send(GROUP, {"type": "pages.changed", **Change(1)._asdict()})
        await until(lambda: blog.cache.watch.heard)

        assert (await blog.get("/")).text == "new"

    story(test)


def test_a_gap_in_the_numbers_makes_everything_doubtful(story, never_looks):
    async def test(blog):
        blog.headers = {"Surrogate-Key": "2"}
        await blog.get("/post/b/")
        blog.book.n = 1  # of which nobody told
        blog.change("1")
        await blog.get("/post/b/")

        assert blog.n_asked == 2

    story(test)


def test_what_was_heard_before_is_no_news(story, never_looks):
    async def test(blog):
        blog.change()
        await blog.get("/")
        blog.cache.watch.heard.append(Change(1))
        await blog.get("/")

        assert blog.n_asked == 1

    story(test)


def test_a_change_that_could_not_be_numbered_is_a_change(story, never_looks):
    async def test(blog):
        await blog.get("/")
        blog.cache.watch.heard.append(Change(None))
        await blog.get("/")

        assert blog.n_asked == 2

    story(test)


@pytest.mark.parametrize("n", [8, 2])
def test_what_nobody_told_is_found_by_looking(story, always_looks, n):
    """A higher number, or the lower one of a database that was restored."""

    async def test(blog):
        blog.book.n = 5
        await until(lambda: blog.cache.watch.n == 5)
        await blog.get("/")
        blog.text, blog.book.n = "new", n
        await until(lambda: blog.cache.watch.n == n)

        assert (await blog.get("/")).text == "new"

    story(test)


def test_a_layer_that_comes_back_makes_everything_doubtful(story, always_looks, monkeypatch):
    layer = get_channel_layer()
    is_away = True

    async def receive(channel):
        if is_away:
            raise OSError("away")
        return await type(layer).receive(layer, channel)

    monkeypatch.setattr(layer, "receive", receive)

    async def test(blog):
        nonlocal is_away
        await blog.get("/")
        is_away = False
        await until(lambda: blog.n_kept == 0 or blog.cache.watch.heard)
        await blog.get("/")

        assert blog.n_asked == 2

    story(test)


def test_a_page_is_not_kept_for_ever(story, settings):
    settings.PAGE_CACHE_SECONDS = 0.05

    async def test(blog):
        await blog.get("/")
        blog.text = "new"

        async with asyncio.timeout(10):
            while (await blog.get("/")).text != "new":  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    story(test)


def test_what_is_made_right_after_a_change_is_soon_made_again(story, never_looks, settings):
    """Another cache may hear of the change a moment later."""
    settings.PAGE_CACHE_SETTLING_SECONDS = 0.05

    async def test(blog):
        blog.change()
        await blog.get("/")
        blog.text = "new"

        async with asyncio.timeout(10):
            while (await blog.get("/")).text != "new":  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    story(test)


# Time


def test_a_scheduled_post_appears_when_its_time_has_come(story):
    async def test(blog):
        moment = time() + 0.4
        blog.book.due = moment
        await blog.cache.watch.look()
        await blog.get("/")
        blog.text = "new"
        while time() < moment:
            shown = (await blog.get("/")).text
            assert shown != "new" or time() >= moment
            await asyncio.sleep(0.01)

        async with asyncio.timeout(10):  # the clocks of the two may differ by a little
            while (await blog.get("/")).text != "new":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert blog.n_asked == 2

    story(test)


def test_one_that_came_between_two_looks_is_found(story, always_looks):
    async def test(blog):
        await blog.get("/")
        blog.text, blog.book.due = "new", time() + 0.001

        async with asyncio.timeout(10):
            while (await blog.get("/")).text != "new":  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    story(test)


def test_a_hit_asks_nobody(story, never_looks):
    async def test(blog):
        await blog.get("/")
        n_before = blog.book.n_asked
        for _again in range(100):
            await blog.get("/")

        assert blog.book.n_asked == n_before
        assert blog.n_asked == 1

    story(test)
