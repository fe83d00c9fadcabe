"""Post by HTTP, hear it on a socket: on a real server."""

import json

import pytest
from websockets.sync.client import connect

from tests.server import Server

MAKE_POST = "from tests.factories import make_post; print(make_post(title='A walk').pk)"


def listen(server, post_id, query=""):
    return connect(f"ws://127.0.0.1:{server.port}/ws/posts/{post_id}/{query}", origin=server.url)


def listen_plainly(server, post_id):
    return connect(f"ws://127.0.0.1:{server.port}/ws/posts/{post_id}/", origin=server.url, compression=None)


def frame(socket) -> dict:
    return json.loads(socket.recv(timeout=60))


@pytest.fixture(scope="module")
def post_id(server) -> int:
    return int(server.run(MAKE_POST))


def say(server, text, **fields):
    return server.ask("/api/posts/a-walk/comments/", {"name": "Bob", "text": text, **fields})


def test_a_comment_posted_by_http_is_heard_on_a_socket(server, post_id):
    with listen(server, post_id) as socket:
        hello = frame(socket)
        status, comment = say(server, "Lovely.")
        heard = frame(socket)

    assert hello == {"type": "hello", "n": comment["n"] - 1}
    assert status == 201
    assert heard["n"] == comment["n"]
    assert heard["type"] == "comment.posted"
    assert heard["data"]["comment"]["html"] == "<p>Lovely.</p>"
    assert heard["data"]["comment"] == {k: v for k, v in comment.items() if k != "n"}


def test_a_frame_is_compressed_for_who_can_read_it_where_the_operator_allows_it(tmp_path):
    with Server(tmp_path, "--ws-per-message-deflate", "true") as server:
        post_id = server.run(MAKE_POST)
        with listen(server, post_id) as packed, listen_plainly(server, post_id) as plain:
            assert [each.protocol.extensions != [] for each in (packed, plain)] == [True, False]
            frame(packed), frame(plain)
            say(server, "Lovely.")

            heard = frame(packed)
            assert heard["data"]["comment"]["html"] == "<p>Lovely.</p>"
            assert frame(plain) == heard
