"""Many at once, on a real server: the counts are right, and one person is one, in however many windows."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

from tests.server import Server

MAKE = "from tests.factories import *; p = make_post(title='A walk'); print(make_comment(p).pk)"


def react(server: Server, address: str, kind: str | None, cookie: str = "") -> tuple[dict, str]:
    """What was answered, and the cookie that was given."""
    request = Request(
        server.url + address,
        json.dumps({"kind": kind}).encode(),
        {"Content-Type": "application/json", "Cookie": cookie},
        method="PUT" if kind else "DELETE",
    )
    with urlopen(request, timeout=60) as response:
        return json.load(response), (response.headers["Set-Cookie"] or "").partition(";")[0]


def test_twenty_people_and_one_in_many_windows(server):
    comment = server.run(MAKE)
    to_post, to_comment = "/api/posts/a-walk/reactions/", f"/api/comments/{comment}/reactions/"
    kinds = ["love", "sad", "upvote", "funny"]

    with ThreadPoolExecutor(20) as people:
        deeds = [(to_post, to_comment)[i % 2] for i in range(40)]
        answers = list(people.map(lambda i: react(server, deeds[i], kinds[i // 2 % 4]), range(40)))
    cookies = [cookie for _answer, cookie in answers]
    assert server.ask("/api/posts/a-walk/")[1]["reactions"] == dict.fromkeys(("upvote", "funny", "love", "sad"), 5)
    assert server.ask(f"/api/comments/{comment}/")[1]["score"] == 15

    # The same person changes her mind in many windows at once.
    with ThreadPoolExecutor(16) as windows:
        answers = list(windows.map(lambda i: react(server, to_post, kinds[i % 4], cookies[0]), range(32)))
    assert {sum(answer["reactions"].values()) for answer, _cookie in answers} == {20}

    # All take it back, each in two windows.
    with ThreadPoolExecutor(20) as people:
        list(people.map(lambda cookie: react(server, to_post, None, cookie), cookies[0::2] * 2))
        list(people.map(lambda cookie: react(server, to_comment, None, cookie), cookies[1::2] * 2))
    assert server.ask("/api/posts/a-walk/")[1]["reactions"] == {}
    assert server.ask(f"/api/comments/{comment}/")[1]["reactions"] == {}
    said = server.ask("/api/posts/a-walk/events/?since=0")[1]
    assert [event["n"] for event in said["events"]] == list(range(1, said["n"] + 1))
