"""Two processes with Redis between them, and Redis going away and coming back."""

import os
import shutil
import subprocess
import time

import pytest

from tests.live.test_post_and_hear import MAKE_POST, frame, listen
from tests.server import Server, free_port, until


class Redis:
    def __init__(self, folder) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        ping = ["redis-cli", "-p", str(self.port), "ping"]
        until(lambda: subprocess.run(ping, capture_output=True).stdout == b"PONG\n", "Redis to start")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path):
    if shutil.which("redis-server") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no redis-server.")
    redis = Redis(tmp_path)
    redis.start()
    yield redis
    redis.stop()


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
