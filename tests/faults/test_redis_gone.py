"""Redis is cut off and comes back while people read, write and listen."""

import time

import pytest

from tests.faults.page import OpenPage
from tests.faults.traffic import Traffic
from tests.redis import Redis
from tests.server import Server, until

MAKE_POST = "from tests.factories import make_post; print(make_post(title='A walk').pk)"
EDIT = "from blog.models import Post; post = Post.objects.get(slug='a-walk'); post.text = '{}'; post.save()"
COMMENTS = "/api/posts/a-walk/comments/"
ASKS = 5
"""Seconds between two times that a process asks for what it has not heard."""
SLOW = 3
"""Seconds that a busy machine may add."""


@pytest.fixture
def redis(tmp_path):
    with Redis(tmp_path) as redis:
        yield redis


@pytest.fixture
def servers(tmp_path, redis):
    """Two processes of one site."""
    with Server(tmp_path, REDIS_URL=redis.url) as one, Server(tmp_path, REDIS_URL=redis.url) as two:
        yield [one, two]


def show(servers: list[Server], text: str) -> bool:
    return all(text in server.ask("/post/a-walk/")[1] for server in servers)


def last_event(server: Server) -> int:
    return server.ask("/api/posts/a-walk/events/")[1]["n"]


def test_nobody_is_refused_and_nothing_is_lost_doubled_or_stale(servers, redis):
    one, two = servers
    post_id = int(one.run(MAKE_POST))
    with OpenPage(one, "a-walk", post_id) as here, OpenPage(two, "a-walk", post_id) as there:

        def both_know(n: int) -> bool:
            return min(here.last, there.last) >= n

        with Traffic(servers, "a-walk", "/", "/post/a-walk/", "/archives/", "/atom.xml") as traffic:
            until(lambda: both_know(20), "events by the layer")

            redis.stop()
            n = last_event(one) + 20
            until(lambda: last_event(one) >= n, "comments without Redis")
            until(lambda: both_know(n), "events by asking", ASKS + SLOW)
            one.run(EDIT.format("We swam across the lake."))
            until(lambda: show(servers, "We swam across the lake."), "the change without Redis", ASKS)
            one.run(EDIT.format("We climbed the hill."))

            redis.start()
            until(lambda: show(servers, "We climbed the hill."), "the change with Redis again", ASKS)
            n = last_event(one) + 20
            until(lambda: both_know(n), "events with Redis again")

        began = time.monotonic()
        for n in range(10):
            assert servers[n % 2].ask(COMMENTS, {"text": f"One by one {n}", "name": "Bob"})[0] == 201
            until(lambda: both_know(last_event(one)), "one event by the layer")
        assert time.monotonic() - began < 5 * ASKS  # by asking alone it would be ten times

    assert set(traffic.read) == {200}
    assert [status for _text, status, _said in traffic.written if status != 201] == []
    assert len(traffic.written) + 10 <= last_event(one)
    assert here.numbers == there.numbers == list(range(1, last_event(one) + 1))
    assert here.n_sockets == there.n_sockets == 1
