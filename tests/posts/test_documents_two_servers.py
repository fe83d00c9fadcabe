"""Two processes and a Redis: who writes a text in one and who writes it in the other see the same."""

import json
from base64 import b64decode, b64encode

import pytest
from pycrdt import Doc, Text
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.moderation.test_two_servers import SIGN_IN, closing_code
from tests.page_cache.test_two_servers import redis, two

__all__ = ["redis", "two"]

CHANGE = (
    "from blog.models import Post; post = Post.objects.get(slug='a-walk'); post.text += ' By a command.'; post.save()"
)
DISMISS = "from tests.people import ann; user = ann(); user.is_active = False; user.save()"
STORED = "from blog.models import *; from blog.posts import documents; print(documents.text_of(Document.objects.get()))"


def socket_of(server, pk: str, session: str):
    headers = {"Cookie": f"sessionid={session}"}
    url = f"ws://127.0.0.1:{server.port}/ws/documents/post/{pk}/"
    return connect(url, origin=server.url, additional_headers=headers)


class Editor:
    def __init__(self, socket) -> None:
        self.socket = socket
        self.doc = Doc()
        self.shared = self.doc.get("text", type=Text)
        self.send(type="sync", client=1, vector=b64encode(self.doc.get_state()).decode())
        self.hear("sync")

    def send(self, **frame) -> None:
        self.socket.send(json.dumps(frame))

    def hear(self, kind: str) -> None:
        while True:
            frame = json.loads(self.socket.recv(timeout=60))
            if "update" in frame.get("data", {}):
                self.doc.apply_update(b64decode(frame["data"]["update"]))
            if frame["type"] == kind:
                return

    def write(self, words: str) -> None:
        before = self.doc.get_state()
        self.shared.insert(0, words)
        self.send(type="update", id=1, update=b64encode(self.doc.get_update(before)).decode())
        self.hear("stored")

    def see(self, words: str) -> None:
        while words not in str(self.shared):
            self.hear("update")


def test_a_text_is_one_in_two_processes(two):
    one, other = two()
    session = one.run(SIGN_IN)
    pk = one.run("from blog.models import Post; print(Post.objects.get(slug='a-walk').pk)")
    with socket_of(one, pk, session) as left, socket_of(other, pk, session) as right:
        here, there = Editor(left), Editor(right)

        here.write("Here 这里. ")
        there.see("Here 这里. ")
        there.write("There 那里. ")
        here.see("There 那里. ")
        one.run(CHANGE)  # in a third process
        for editor in (here, there):
            editor.see(" By a command.")
        here.write("Large: " + "水" * 100_000)  # more than another websocket may send
        there.see("水" * 100_000)

        assert str(here.shared) == str(there.shared) == one.run(STORED)
        one.run(DISMISS)
        for editor in (here, there):
            assert closing_code(editor.socket) == 4003
    with pytest.raises(InvalidStatus):
        socket_of(other, pk, session).__enter__()
