"""How many read and who writes right now, where the site shows it."""

import json

import pytest

from frodo.live.presence import Presence
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
        hear(reader, writing=["Eve Smith"])
        hear(reader, writing=[])  # forgotten by itself


def test_an_event_goes_by_as_ever(site):
    with listen(site, site.post_id) as reader:
        hear(reader, reading=1)
        said = site.ask("/api/posts/a-walk/comments/", {"text": "Hello.", "name": "Eve"})[1]
        while (heard := frame(reader))["type"] == "presence":
            pass

    assert heard["n"] == said["n"]


@pytest.mark.quality
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


def reading(presence: Presence, own: int, now: float) -> int | None:
    text = presence.news(own, now)
    return text and json.loads(text)["data"]["reading"]


def test_a_process_that_died_is_forgotten():
    presence = Presence()
    presence.hear_number("another", 5, now=0)
    presence.hear_number("a third", 1, now=40)
    presence.hear_number("a third", 0, now=50)

    assert reading(presence, 1, now=50) == 6
    assert reading(presence, 1, now=60) is None  # nothing new
    assert reading(presence, 1, now=80) == 1


def test_ones_own_number_is_told_when_it_changes_to_newcomers_and_now_and_then():
    presence = Presence()

    assert [presence.is_due(1, now) for now in (0, 1, 29, 31)] == [True, False, False, True]
    assert presence.is_due(2, now=32)
    presence.hear_number("another", 5, now=33)
    assert presence.is_due(2, now=34)
    assert not presence.is_due(2, now=35)


def test_many_who_write_are_named_by_a_few():
    presence = Presence()
    for number in range(1000):
        presence.hear_writing(f"Writer {number}", now=0)

    assert json.loads(presence.news(1, now=1))["data"]["writing"] == [f"Writer {number}" for number in range(5)]
    assert len(presence.writing) == 100
    assert json.loads(presence.news(1, now=9))["data"]["writing"] == []
