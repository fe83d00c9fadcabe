"""Two processes with Redis between them, and Redis going away and coming back."""

import time

import pytest

from tests.live.test_post_and_hear import MAKE_POST, frame, listen
from tests.redis import Redis
from tests.server import Server


@pytest.fixture
def redis(tmp_path):
    with Redis(tmp_path) as redis:
        yield redis


def test_what_one_takes_the_other_tells_with_redis_and_without(tmp_path, redis):
    def say(text) -> float:
        before = time.monotonic()
        assert two.ask("/api/posts/a-walk/comments/", {"text": text, "name": "Bob"})[0] == 201
        return time.monotonic() - before

    with Server(tmp_path, REDIS_URL=redis.url) as one, Server(tmp_path, REDIS_URL=redis.url) as two:
        with listen(one, one.run(MAKE_POST)) as socket:
            assert frame(socket)["type"] == "hello"
            say("With Redis")
            assert frame(socket)["n"] == 1

            redis.stop()
            assert say("Without Redis") < 10
            assert frame(socket)["n"] == 2

            redis.start()
            say("With Redis again")
            assert [frame(socket)["n"]] == [3]
            say("And on")
            assert frame(socket)["n"] == 4
        with listen(two, 1, "?since=0") as socket:
            assert [frame(socket).get("n") for _ in range(5)] == [4, 1, 2, 3, 4]
