"""Two processes and a Redis: a moderator on either hears of everything, and is out of both at once."""

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.page_cache.test_two_servers import redis, two

__all__ = ["redis", "two"]

SIGN_IN = """
from django.test import Client
from tests.people import ann
client = Client()
client.force_login(ann())
print(client.cookies["sessionid"].value)
"""
DEACTIVATE = "from tests.people import ann; user = ann(); user.is_active = False; user.save()"


def listen(server, session: str):
    headers = {"Cookie": f"sessionid={session}"}
    url = f"ws://127.0.0.1:{server.port}/ws/moderation/"
    return connect(url, origin=server.url, additional_headers=headers)


def frame(socket) -> dict:
    return json.loads(socket.recv(timeout=60))


def closing_code(socket) -> int:
    try:
        while True:
            socket.recv(timeout=60)
    except ConnectionClosed as closed:
        return closed.rcvd.code


def test_what_happens_in_one_process_is_heard_in_both(two):
    one, other = two()
    session = one.run(SIGN_IN)
    with listen(one, session) as here, listen(other, session) as there:
        assert [frame(socket)["type"] for socket in (here, there)] == ["hello", "hello"]

        assert other.ask("/api/posts/a-walk/comments/", {"text": "Hello", "name": "Bob"})[0] == 201
        assert [frame(socket)["type"] for socket in (here, there)] == ["queue.changed", "queue.changed"]

        one.run(DEACTIVATE)  # in a third process
        for socket in (here, there):
            assert closing_code(socket) == 4003
    with pytest.raises(InvalidStatus):
        listen(other, session)
