import asyncio

import pytest

from frodo.page_cache import cache_key
from tests.page_cache.blog import Blog


@pytest.fixture
def story(settings):
    """Run an async test with a blog behind a cache that is started, and stopped in the end."""

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.PAGE_CACHE_SETTLING_SECONDS = 0.0
    settings.PAGE_CACHE_VERSION_QUERY_SECONDS = 60  # on a busy machine a thread may have to wait
    cache_key.host_of.cache_clear()  # it knows the settings of the test before

    def run(test, **options):
        async def whole():
            blog = Blog(**options)
            await blog.cache.start()
            try:
                await test(blog)
            finally:
                await blog.cache.stop()

        asyncio.run(whole())

    return run
