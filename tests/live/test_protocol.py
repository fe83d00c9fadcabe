"""What uvicorn's websocket protocol keeps of a connection."""

import asyncio
import gc
import weakref
from contextlib import closing

from uvicorn.config import Config
from uvicorn.server import ServerState

from frodo.protocols import WRITE_FRAME, WebSocket, text_frame

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


PING = bytes([0x81, 0x84, 0, 0, 0, 0]) + b"ping"
"""A frame of a client."""


class Transport:
    """Of a connection whose client is this test."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def get_extra_info(self, name: str, default=None):
        return {"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8000)}.get(name, default)

    def is_closing(self) -> bool:
        return False

    def close(self) -> None: ...
    def abort(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


async def application(scope, receive, send) -> None:
    write = scope["extensions"][WRITE_FRAME]
    await receive()
    await send({"type": "websocket.accept"})
    assert write(text_frame("Tea"))
    await receive()


async def open_and_lose(config: Config) -> weakref.ref:
    state, transport = ServerState(), Transport()
    protocol = WebSocket(config, state, {})
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    (task,) = state.tasks
    protocol.data_received(PING)  # what the application waits for, after its frame
    await task
    protocol.connection_lost(None)
    assert b"Tea" in transport.written
    return weakref.ref(protocol)


def test_a_websocket_that_has_closed_is_freed_without_the_garbage_collector():
    config = Config(application, log_level="critical", ws_per_message_deflate=False)
    config.load()
    gc.disable()
    try:
        with closing(asyncio.new_event_loop()) as loop:
            known = loop.run_until_complete(open_and_lose(config))
            assert known() is None
    finally:
        gc.enable()
