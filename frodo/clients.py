"""Clients that are slow on purpose, or gone: uvicorn's two protocols, with an end to what these wait for without one.

    uvicorn frodo.asgi:application --http frodo.clients:Http --ws frodo.clients:WebSocket

By itself uvicorn waits for ever for the rest of a request, and for a client that reads nothing to take its answer,
be it the goodbye. Requests cost nothing more here: each connection is looked at now and then.
"""

import asyncio

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

GOODBYE_SECONDS = 5.0
"""How long one may take to read what is left when a websocket is closed."""
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
UNREAD = "unread"


class Http(HttpToolsProtocol):
    """Whoever owes the same at two looks, `settings.CLIENT_SECONDS` apart, is let go."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.n_received = 0
        self.owed: tuple[object, int] | None = None
        self.look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self.next_look.cancel()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self.next_look.cancel()
        super().handle_websocket_upgrade()

    def on_body(self, body: bytes) -> None:
        self.n_received += len(body)
        super().on_body(body)

    def look_later(self) -> None:
        self.next_look = self.loop.call_later(settings.CLIENT_SECONDS, self.look)

    def look(self) -> None:
        before, self.owed = self.owed, self.what_is_owed()
        is_late = before is not None and self.owed is not None and is_same(before, self.owed)
        if is_late and self.owed[0] is UNREAD:
            self.transport.abort()
            return
        if is_late:
            if self.owed[0] is not self:
                self.transport.write(TOO_LATE)
            self.transport.close()
        self.look_later()

    def what_is_owed(self) -> tuple[object, int] | None:
        """What the client has begun and not finished, and how far it is; None when it is our turn."""
        n_unread = self.transport.get_write_buffer_size()
        cycle = self.cycle
        if n_unread:
            return UNREAD, n_unread
        if cycle is None or cycle.response_complete:
            if self.scope is not None and (cycle is None or self.scope is not cycle.scope):
                return self.scope, 0  # a header: it has so much time, however it trickles
            return None if self.timeout_keep_alive_task else (self, 0)  # nothing
        if cycle.more_body and not cycle.response_started and not self.flow.read_paused:
            return cycle, self.n_received
        return None


def is_same(before: tuple[object, int], now: tuple[object, int]) -> bool:
    return before[0] is now[0] and before[1] == now[1]


class WebSocket(WebSocketsSansIOProtocol):
    """Pings find who is gone or reads nothing. Then, and when we have said goodbye, the line is cut for certain."""

    async def send(self, message: dict) -> None:
        if message["type"] == "websocket.close":
            self.cut_later()  # it may wait behind what is not read
        await super().send(message)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.cut_later()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.cut_later()

    def cut_later(self) -> None:
        if not self.disconnected:
            self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)
