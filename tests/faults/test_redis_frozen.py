"""Redis stops without hanging up, and goes on later."""

import re
import time
from itertools import count

import pytest

from tests.faults.page import OpenPage
from tests.redis import Redis
from tests.server import Server, until

MAKE_POST = "from tests.factories import make_post; print(make_post(title='A walk').pk)"
COMMENTS = "/api/posts/a-walk/comments/"
SOON = 60
"""Seconds; by itself it takes five, between two times that a process asks for what it has not heard."""
N = 12
EACH = 2
"""Seconds that one waits for Redis, each time."""


@pytest.fixture
def redis(tmp_path):
    with Redis(tmp_path) as redis:
        yield redis


@pytest.mark.quality
def test_one_waits_for_it_and_not_all(tmp_path, redis):
    with Server(tmp_path, REDIS_URL=redis.url) as server:
        post_id = int(server.run(MAKE_POST))
        with OpenPage(server, "a-walk", post_id) as page:
            assert say_and_read(server, 0) == (201, 200, 200)
            until(lambda: page.last == 1, "the event by the layer")

            redis.freeze()
            try:
                began = time.monotonic()
                answers = [say_and_read(server, n) for n in range(1, N)]
                took = time.monotonic() - began
                until(lambda: page.last == N, "the events by asking", SOON)
            finally:
                redis.thaw()

            more = count(N)
            until(lambda: say_and_read(server, next(more)) and n_back(server) == 1, "Redis to be used again", SOON)
            n = server.ask("/api/posts/a-walk/events/")[1]["n"]
            until(lambda: page.last == n, "the events to be heard again", SOON)
            assert page.numbers == list(range(1, n + 1))
    assert set(answers) == {(201, 200, 200)}
    assert took < N * EACH  # each would wait several times: for the count of comments, the pages, the event
    log = server.log.read_text()
    assert log.count("WARNING frodo.circuit_breaker: Redis is away") == 1, log
    assert log.count(" WARNING ") == 2, log  # the other one says that it is back
    assert "Traceback" not in log


def say_and_read(server: Server, n: int) -> tuple[int, int, int]:
    """A comment is counted, announced and published; the posts' list and reading use the cache."""
    said = server.ask(COMMENTS, {"text": f"Number {n}", "name": "Bob"})[0]
    return said, server.ask("/api/posts/")[0], server.ask(f"/search/?q=word{n}")[0]


def n_back(server: Server) -> int:
    return len(re.findall(r"frodo.circuit_breaker: .* is back", server.log.read_text()))
