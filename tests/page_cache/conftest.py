import asyncio

import pytest

from frodo.page_cache import cache
from tests.page_cache.blog import Blog


@pytest.fixture
def story(settings, monkeypatch):
    """Run an async test with a blog behind a cache that is started, and stopped in the end."""

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(cache, "SETTLING", 0.0)

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
