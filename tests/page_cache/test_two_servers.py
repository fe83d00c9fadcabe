"""Two processes and a Redis: what is written in one is not stale in the other, whatever happens to Redis."""

from functools import partial

import pytest

from tests.redis import Redis
from tests.server import Server, until

WRITE = "from tests.factories import make_post; make_post(title='A walk'); make_post(title='A lake')"


@pytest.fixture
def redis(tmp_path):
    with Redis(tmp_path) as redis:
        yield redis


@pytest.fixture
def two(tmp_path, redis):
    """Two servers of one blog."""

    def start(**environment):
        for name in "ab":
            (tmp_path / name).mkdir()
        settings = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'frodo.sqlite3'}",
            "REDIS_URL": redis.url,
            "REDIS_PREFIX": "frodo-two",
            "PAGE_CACHE_MB": "64",
            **environment,
        }
        servers.append(Server(tmp_path / "a", **settings).__enter__())
        servers[0].run(WRITE)
        servers.append(Server(tmp_path / "b", **settings).start())
        return servers

    servers: list[Server] = []
    yield start
    for server in servers:
        server.kill()


def say(server, text: str) -> None:
    assert server.ask("/api/posts/a-walk/comments/", {"text": text, "name": "Bob"})[0] == 201
    assert text in server.ask("/post/a-walk/")[1]


def shows(server, text: str) -> bool:
    status, page = server.ask("/post/a-walk/")
    assert status == 200
    return text in page


def test_a_changed_site_setting_is_pushed(two):
    servers = two(PAGE_CACHE_POLL_SECONDS="1000")
    for n, (one, other) in enumerate([servers, servers[::-1]]):
        assert all(not shows(server, f"Blog {n}") for server in servers)
        change = f"from frodo.models import *; s = SiteSettings.current(); s.name = 'Blog {n}'; s.save()"
        one.run(change)
        for server in (one, other):
            until(partial(shows, server, f"Blog {n}"), "the new name on its pages")


def test_a_change_is_pushed(two):
    servers = two(PAGE_CACHE_POLL_SECONDS="1000")  # nobody looks
    for n, (one, other) in enumerate([servers, servers[::-1], servers]):
        assert not shows(other, f"word {n}")
        say(one, f"word {n}")
        until(partial(shows, other, f"word {n}"), "the other to hear of it")


@pytest.mark.quality
def test_no_stale_page_survives_the_return_of_redis(two, redis):
    one, other = two()
    assert not shows(other, "without Redis")
    redis.stop()
    say(one, "without Redis")
    until(partial(shows, other, "without Redis"), "the other to look")
    redis.start()

    for n in range(3):
        assert not shows(other, f"back {n}")
        say(one, f"back {n}")
        until(partial(shows, other, f"back {n}"), "the other to hear of it again")
    for server in (one, other):
        assert "500 Internal" not in server.log.read_text()
