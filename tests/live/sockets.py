"""Sockets for tests, inside the test's own process: `await socket.hear()` what a page would."""

import asyncio
import json

from asgiref.testing import ApplicationCommunicator

from frodo.asgi import application

HEADERS = [(b"host", b"localhost"), (b"origin", b"http://localhost")]


class Socket(ApplicationCommunicator):
    def __init__(self, path: str, headers=HEADERS) -> None:
        path, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": list(headers),  # as a server, one list for each: it is emptied once the socket is open
            "subprotocols": [],
            "client": ("127.0.0.1", 5),
        }
        super().__init__(application, scope)

    async def open(self) -> dict:
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(5)

    async def hear(self) -> dict:
        """The next frame, or `{"closed": code}`."""
        message = await self.receive_output(5)
        if message["type"] == "websocket.close":
            return {"closed": message["code"]}
        return json.loads(message["text"]) if message["text"].startswith("{") else message["text"]

    async def say(self, text: str | bytes) -> None:
        kind = "text" if isinstance(text, str) else "bytes"
        await self.send_input({"type": "websocket.receive", kind: text})

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(5)


async def opened(path: str) -> Socket:
    socket = Socket(path)
    assert (await socket.open())["type"] == "websocket.accept"
    return socket


async def until(look, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110 - it looks at what no event tells of
            await asyncio.sleep(0.01)
