import asyncio
from functools import partial

import pytest

from frodo.http_client import fetch


@pytest.fixture(autouse=True)
def _without_hurry(settings):
    settings.HTTP_CLIENT_PAUSE, settings.HTTP_CLIENT_SECONDS = 0, 60


@pytest.fixture
def _hosts_on_loopback(settings):
    """127.0.0.1 counts as outside; the rest of the loopback network does not."""
    settings.HTTP_CLIENT_ALLOW = ["127.0.0.1/32"]


@pytest.fixture
def fetched():
    """fetch(), awaited; a wait without an end is a failure."""

    def fetched(url: str, **options):
        return asyncio.run(asyncio.wait_for(fetch(url, **{"most_bytes": 100_000, **options}), 90))

    return fetched


@pytest.fixture
def leads():
    """A resolver that knows these names: `leads({"shire.example": ["127.0.0.1"]})`; each list is one answer."""

    def leads(names: dict[str, list[str]], *then: dict[str, list[str]]):
        answers = iter([names, *then])
        return partial(resolve, answers, [names])

    async def resolve(answers, last, host: str, port: int) -> list[str]:
        last[0] = next(answers, last[0])
        return last[0][host]

    return leads
