"""Sixteen people answer at once; SQLite, real HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.test_post_and_hear import MAKE_POST, frame, listen
from tests.server import Server


def test_all_are_taken_and_numbered_without_a_gap(server):
    post_id = server.run(MAKE_POST)

    def speak(number):
        return server.ask("/api/posts/a-walk/comments/", {"text": f"Number {number}", "name": f"Writer {number}"})

    with listen(server, post_id) as socket, ThreadPoolExecutor(16) as people:
        answers = list(people.map(speak, range(16)))
        heard = [frame(socket) for _ in range(17)]

    assert [status for status, _said in answers] == [201] * 16
    assert sorted(said["n"] for _status, said in answers) == list(range(1, 17))
    assert [each["n"] for each in heard] == list(range(17))
    assert server.ask("/api/posts/a-walk/comments/")[1]["count"] == 16


def test_a_list_and_what_happened_since_are_the_whole(server):
    """Read while others write, in parts: with the events after its number nothing is lacking."""
    server.run("from tests.factories import make_post; make_post(title='In parts')")
    address = "/api/posts/in-parts/"

    def speak(number):
        return server.ask(f"{address}comments/", {"text": f"Number {number}", "name": f"Writer {number}"})[1]["id"]

    def read(_reader):
        page = server.ask(f"{address}comments/?limit=5")[1]
        n, seen = page["n"], {comment["id"] for comment in page["comments"]}
        while page["next"]:
            page = server.ask(f"{address}comments/?limit=5&cursor={page['next']}")[1]
            seen |= {comment["id"] for comment in page["comments"]}
        return n, seen

    with ThreadPoolExecutor(8) as people, ThreadPoolExecutor(4) as readers:
        spoken = people.map(speak, range(40))
        lists = list(readers.map(read, range(12)))
        ids = set(spoken)

    for n, seen in lists:
        events = server.ask(f"{address}events/?since={n}")[1]["events"]
        assert seen | {event["data"]["comment"]["id"] for event in events} == ids


def test_a_double_click_is_one_comment(server):
    server.run("from tests.factories import make_post; make_post(title='Twice')")

    with ThreadPoolExecutor(8) as clicks:
        said = {"text": "Click", "name": "Bob"}
        answers = list(clicks.map(lambda _: server.ask("/api/posts/twice/comments/", said)[0], range(8)))

    assert sorted(answers) == [201] + [409] * 7


@pytest.mark.quality
def test_two_processes_of_one_site_do_the_same(server):
    """Without Redis another process's events are found in the table."""
    post_id = server.run("from tests.factories import make_post; print(make_post(title='Two houses').pk)")
    with Server(server.folder) as twin, listen(server, post_id) as socket, ThreadPoolExecutor(16) as people:
        assert frame(socket)["n"] == 0

        def speak(number):
            house = (server, twin)[number % 2]
            return house.ask("/api/posts/two-houses/comments/", {"text": f"Number {number}", "name": "Bob"})

        answers = list(people.map(speak, range(16)))
        heard = [frame(socket)["n"] for _ in range(16)]

    assert [status for status, _said in answers] == [201] * 16
    assert heard == list(range(1, 17))
