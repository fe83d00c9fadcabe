"""How many read and who writes right now, where the site shows it."""

import json

import pytest

from tests.live.test_post_and_hear import MAKE_POST, frame, listen
from tests.live.test_redis import redis  # noqa: F401 - a fixture
from tests.server import Server

WRITING = "/api/posts/a-walk/writing/"


def hear(socket, **wanted) -> dict:
    """The first frame of presence that says so."""
    while True:
        said = json.loads(socket.recv(timeout=30))
        data = said.get("data", {})
        if said["type"] == "presence" and all(data[name] == value for name, value in wanted.items()):
            assert "n" not in said
            return data


def write(server, name="", **headers) -> int:
    return server.ask(WRITING, {"name": name}, **headers)[0]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("presence"), SHOW_PRESENCE="true") as server:
        server.post_id = server.run(MAKE_POST)
        yield server


def test_all_who_read_are_counted_and_who_leaves_is_not(site):
    with listen(site, site.post_id) as one:
        assert hear(one, reading=1)["writing"] == []
        with listen(site, site.post_id) as two:
            hear(one, reading=2)
            hear(two, reading=2)
        hear(one, reading=1)


def test_who_writes_is_named_for_a_while(site):
    with listen(site, site.post_id) as reader:
        hear(reader, writing=[])
        assert write(site, " E\u202eve  Smith") == 204
        assert write(site, "小明") == 204

        hear(reader, writing=["Eve Smith", "小明"])
        hear(reader, writing=[])  # forgotten by itself


def test_an_event_goes_by_as_ever(site):
    with listen(site, site.post_id) as reader:
        hear(reader, reading=1)
        said = site.ask("/api/posts/a-walk/comments/", {"text": "Hello.", "name": "Eve"})[1]
        while (heard := frame(reader))["type"] == "presence":
            pass

    assert heard["n"] == said["n"]


def test_several_processes_are_added_up(tmp_path, redis):  # noqa: F811
    settings = {"REDIS_URL": redis.url, "SHOW_PRESENCE": "true"}
    with Server(tmp_path, **settings) as one, Server(tmp_path, **settings) as two:
        post = one.run(MAKE_POST)
        with listen(one, post) as here, listen(two, post) as there:
            hear(here, reading=2)
            hear(there, reading=2)
            assert write(two, "Eve") == 204
            hear(here, writing=["Eve"])
            with listen(two, post):
                hear(here, reading=3)
            hear(here, reading=2)
            there.close()
            hear(here, reading=1)
