"""Who reads is counted, though hardly anybody reaches Django."""

import pytest

from tests.page_cache.blog import BROWSER, until

SURROGATE_KEY = {"Surrogate-Key": "7"}


def test_each_opening_counts_once(story):
    async def test(blog):
        etag = (await blog.get("/post/a/", user_agent=BROWSER)).headers["etag"]
        await blog.get("/post/a/", user_agent=BROWSER)
        await blog.get("/post/a/?utm_source=mail", user_agent=BROWSER)
        await blog.get("/post/a/", user_agent=BROWSER, if_none_match=etag)
        assert blog.book.views == {}

        await blog.cache.stop()
        assert blog.book.views == {"7": 4}

    story(test, headers=SURROGATE_KEY)


def test_they_are_written_every_few_seconds(story, settings):
    settings.VIEWS_WRITE_SECONDS = 0.01

    async def test(blog):
        await blog.get("/post/a/", user_agent=BROWSER)

        await until(lambda: blog.book.views == {"7": 1})

    story(test, headers=SURROGATE_KEY)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"user_agent": "curl/8.5.0"},
        {"user_agent": "python-requests/2.32"},
        {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user_agent": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"},
        {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36"},
        {"user_agent": BROWSER, "method": "HEAD"},
        {"user_agent": BROWSER, "sec_purpose": "prefetch;prerender"},
        {"user_agent": BROWSER, "purpose": "prefetch"},
    ],
)
def test_robots_and_preparations_do_not_count(story, headers):
    async def test(blog):
        await blog.get("/post/a/", **headers)
        await blog.get("/post/a/", **headers)
        await blog.cache.stop()

        assert blog.book.views == {}

    story(test, headers=SURROGATE_KEY)


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Mobile/15E148 MicroMessenger/8.0.50(0x18003231) NetType/WIFI Language/zh_CN",
        "Mozilla/5.0 (Linux; U; Android 10; zh-CN; CUBOT X30) AppleWebKit/537.36 UCBrowser/13.4 Mobile Safari/537.36",
    ],
)
def test_browsers_count(story, agent):
    async def test(blog):
        await blog.get("/post/a/", user_agent=agent)
        await blog.cache.stop()

        assert blog.book.views == {"7": 1}

    story(test, headers=SURROGATE_KEY)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (404, SURROGATE_KEY),
        (301, SURROGATE_KEY),
        (200, {**SURROGATE_KEY, "Content-Type": "application/atom+xml"}),
    ],
)
def test_only_pages_about_something_count(story, status, headers):
    async def test(blog):
        await blog.get("/post/a/", user_agent=BROWSER)
        await blog.cache.stop()

        assert blog.book.views == {}

    story(test, status=status, headers=headers)


def test_they_count_without_a_cache_too(story, settings):
    settings.PAGE_CACHE_MB = 0

    async def test(blog):
        await blog.get("/post/a/", user_agent=BROWSER)
        await blog.cache.stop()

        assert blog.book.views == {"7": 1}

    story(test, headers=SURROGATE_KEY)
