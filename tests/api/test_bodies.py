"""How bodies arrive at a real server."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.live.test_post_and_hear import MAKE_POST
from tests.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("bodies")) as server:
        server.run(MAKE_POST)
        yield server


def test_a_body_in_pieces_is_one_all_the_same(server):
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    pieces = [b'{"text": "Hm', '，茶", "name": "Bob"}'.encode()]

    connection.request("POST", "/api/posts/a-walk/comments/", iter(pieces), {"Content-Type": "application/json"})
    answer = connection.getresponse()

    assert answer.status == 201
    assert json.load(answer)["text"] == "Hm，茶"
    connection.close()
