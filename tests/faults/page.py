"""An open page, as docs/live.md wants it: a socket with the last number seen, and questions by HTTP without one."""

import json
import threading
from contextlib import suppress

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from tests.server import Server


class OpenPage:
    """`with OpenPage(server, "a-walk", post_id) as page:`; `page.heard` are the events, as they came."""

    def __init__(self, server: Server, slug: str, post_id: int, since: int = 0) -> None:
        self.server = server
        self.slug = slug
        self.post_id = post_id
        self.last = since
        self.heard: list[dict] = []
        self.n_sockets = 0
        self.n_resets = 0
        self.left = threading.Event()
        self.thread = threading.Thread(target=self.live)
        self.socket = None

    def __enter__(self) -> "OpenPage":
        self.thread.start()
        return self

    def __exit__(self, *exception) -> None:
        self.left.set()
        if self.socket is not None:
            self.socket.close()
        self.thread.join()

    @property
    def numbers(self) -> list[int]:
        return [event["n"] for event in self.heard]

    def live(self) -> None:
        while not self.left.is_set():
            with suppress(OSError, InvalidHandshake, ConnectionClosed):
                self.listen()
            with suppress(OSError):
                self.ask()
            self.left.wait(0.5)

    def listen(self) -> None:
        address = f"ws://127.0.0.1:{self.server.port}/ws/posts/{self.post_id}/?since={self.last}"
        with connect(address, origin=self.server.url, open_timeout=5, close_timeout=1) as self.socket:
            self.n_sockets += 1
            for frame in self.socket:
                self.take(json.loads(frame))

    def ask(self) -> None:
        status, said = self.server.ask(f"/api/posts/{self.slug}/events/?since={self.last}")
        if status == 200:
            self.n_resets += said["reset"]
            for event in said["events"]:
                self.take(event)

    def take(self, frame: dict) -> None:
        if frame["type"] == "hello":
            return
        if frame["type"] == "reset":
            self.n_resets += 1
        else:
            self.heard.append(frame)
        self.last = frame["n"]
