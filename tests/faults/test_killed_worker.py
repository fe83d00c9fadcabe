"""The server is killed while comments come in: what was answered 201 is there."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from threading import Event

import pytest

from tests.faults.page import OpenPage
from tests.server import Server, until

MAKE_POST = "from tests.factories import make_post; print(make_post(title='A walk').pk)"
COMMENTS = "/api/posts/a-walk/comments/"
N = 200


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path, REDIS_URL="") as server:
        yield server


def test_each_comment_that_was_taken_is_there_once_with_its_event(server):
    post_id = int(server.run(MAKE_POST))
    taken: dict[str, int] = {}
    refused: list[str] = []
    in_the_middle = Event()

    def say(text: str) -> None:
        try:
            status, said = server.ask(COMMENTS, {"text": text, "name": "Bob"})
        except (OSError, HTTPException):
            refused.append(text)
        else:
            assert status == 201
            taken[text] = said["n"]
            if len(taken) >= N // 4:
                in_the_middle.set()

    with OpenPage(server, "a-walk", post_id) as page:
        with ThreadPoolExecutor(8) as writers:
            answers = [writers.submit(say, f"Number {n}") for n in range(N)]
            assert in_the_middle.wait(30)
            server.kill()
        for answer in answers:
            answer.result()
        assert len(taken) < N
        server.start()

        kept = {event["n"]: text_of(event) for event in server.ask("/api/posts/a-walk/events/?since=0")[1]["events"]}
        assert list(kept) == list(range(1, len(kept) + 1))
        assert {text: n for n, text in kept.items() if text in taken} == taken
        assert len(set(kept.values())) == len(kept)
        thread = server.ask(f"{COMMENTS}?limit=500")[1]
        assert sorted(map(plain, thread["comments"])) == sorted(kept.values())
        assert thread["count"] == len(kept)

        missing = sorted(set(refused) - set(kept.values()))
        for text in missing:
            say(text)
        assert len(server.ask(f"{COMMENTS}?limit=500")[1]["comments"]) == N
        until(lambda: page.last == N, "the page to come back")
    assert page.numbers == list(range(1, N + 1))
    assert page.n_resets == 0


def plain(comment: dict) -> str:
    return comment["html"].removeprefix("<p>").removesuffix("</p>")


def text_of(event: dict) -> str:
    return plain(event["data"]["comment"])
