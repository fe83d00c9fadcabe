"""uvicorn's two protocols with limits: on how long a client may take, on the header section, on websocket messages.

They also write what is serialized already, a cached page or a frame for thousands of websockets, with one call instead
of ASGI messages: the extensions WRITE_RESPONSE and WRITE_FRAME of the ASGI scope.

    uvicorn frodo.asgi:application --http frodo.protocols:Http --ws frodo.protocols:WebSocket

By itself uvicorn waits for ever for the rest of a request, and for a client that reads nothing to take its answer,
be it the goodbye. Requests cost nothing more here: each connection is looked at now and then. It also has no limit on
the header section, and one of 16 MB on websocket messages, although browsers send us none.
"""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from http.client import responses
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode

from frodo.asgi_types import Scope

WRITE_RESPONSE = "frodo.write_response"
"""Extension of the ASGI scope: `Http.write_response`."""
WRITE_FRAME = "frodo.write_frame"
"""Extension of the ASGI scope: `WebSocket.write_frame`."""
GOODBYE_SECONDS = 5.0
"""Seconds for a client to read what is left when a websocket closes."""
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
UNREAD = "unread"
MAX_HEADER_BYTES = 64 * 1024
"""Limit of request line and headers together."""
if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

HEADERS_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n"
)
HEADERS_TOO_LARGE_TEXT = b"The header section of this request is larger than %d KB.\n" % (MAX_HEADER_BYTES // 1024)
DRAIN_SECONDS = 2.0
"""Seconds a rejected client may keep sending, so that it reads the response before the connection closes."""
LAST_REQUEST_SECONDS = 1.0
"""Seconds a stopping server waits for requests that have begun."""
MAX_MESSAGE_BYTES = 1024
MAX_FRAGMENTS = 64
"""Fragments per websocket message."""


class HeadersTooLarge(Exception):
    pass


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%s: %s\r\n" % header for header in headers)


def response_head(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Status line and headers of a response, without the empty line that ends them (RFC 9112, section 2.1)."""
    return b"HTTP/1.1 %d %s\r\n" % (status, responses.get(status, "").encode()) + header_lines(headers)


@lru_cache(maxsize=8)
def text_frame(text: str) -> bytes:
    """A websocket frame of a server, without extensions (RFC 6455, section 5.2). Kept for the next socket."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class Http(HttpToolsProtocol):
    """HTTP with limits on time and on the header section, and `write_response`."""

    default_headers: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")
    """The headers that uvicorn adds to each response, a new list each second, and their bytes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.n_received = 0
        self.owed: tuple[object, int] | None = None
        self.n_read = self.n_held = 0
        self.reads_headers = self.is_too_large = self.is_refused = self.is_ending = False
        self.extensions: Any = {WRITE_RESPONSE: self.write_response}
        self.look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self.extensions.clear()  # it refers to this connection
        self.next_look.cancel()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self.extensions.clear()
        self.next_look.cancel()
        super().handle_websocket_upgrade()

    # The header section. Counted by read, not by header, since nearly all requests are one small read.

    def data_received(self, data: bytes) -> None:
        if self.is_refused:
            return
        headers, n_received = self.headers, self.n_received
        self.n_read = len(data)
        super().data_received(data)
        if self.headers is not headers or self.n_received != n_received:
            self.n_held = 0
            return
        self.n_held += self.n_read  # no new request and no body: more headers, trailers or chunk extensions
        if self.n_held > MAX_HEADER_BYTES and not self.is_refused:
            self.refuse_headers()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self.extensions
        self.n_held = 0
        self.reads_headers = True

    def on_headers_complete(self) -> None:
        self.reads_headers = False
        if self.n_held + self.n_read > MAX_HEADER_BYTES:  # perhaps; a body may have come with them
            n = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if n > MAX_HEADER_BYTES:
                self.is_too_large = True
                raise HeadersTooLarge  # the parser stops, and uvicorn calls send_400_response
        super().on_headers_complete()
        if self.is_ending and self.cycle is not None:
            self.cycle.keep_alive = False

    def write_response(self, scope: Scope, head: bytes, body: bytes) -> bool:
        """Write a whole response; False if it has to be sent by ASGI messages.

        Args:
            scope: that of the request
            head: see `response_head`
            body: as many bytes as the head announces
        """
        cycle = self.cycle
        if cycle.scope is not scope or not cycle.keep_alive or self.flow.write_paused or self.access_log:
            return False  # pipelined, the last one, waiting for the client, logged
        headers, lines = Http.default_headers
        if headers is not self.server_state.default_headers:
            headers = self.server_state.default_headers
            lines = header_lines(headers) + b"\r\n"
            Http.default_headers = headers, lines
        cycle.response_started = cycle.response_complete = True
        self.transport.write(b"".join((head, lines, body)))
        cycle.on_response()
        return True

    def shutdown(self) -> None:
        """Keeps a connection open whose request has arrived; uvicorn would close it and a proxy answer 502."""
        if self.cycle is None or self.reads_headers:
            self.is_ending = True
            self.loop.call_later(LAST_REQUEST_SECONDS, self.close_if_idle)
        else:
            super().shutdown()

    def close_if_idle(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        if self.is_too_large:
            self.refuse_headers()
        else:
            super().send_400_response(msg)

    def refuse_headers(self) -> None:
        self.is_refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()  # a pipelined request: another answer is still being written
            return
        text = HEADERS_TOO_LARGE_TEXT
        self.transport.write(HEADERS_TOO_LARGE % len(text) + text)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(DRAIN_SECONDS, self.transport.close)

    def on_body(self, body: bytes) -> None:
        self.n_received += len(body)
        super().on_body(body)

    def look_later(self) -> None:
        self.next_look = self.loop.call_later(settings.CLIENT_SECONDS, self.look)

    def look(self) -> None:
        before, self.owed = self.owed, self.what_is_owed()
        late = self.owed if before is not None and self.owed is not None and is_same(before, self.owed) else None
        if late is not None and late[0] is UNREAD:
            self.transport.abort()
            return
        if late is not None:
            if late[0] is not self:
                self.transport.write(TOO_LATE)
            self.transport.close()
        self.look_later()

    def what_is_owed(self) -> tuple[object, int] | None:
        """What the client still has to send and its progress; None while the server is working."""
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
    """Pings detect clients that are gone or do not read. After our close frame the connection is cut.

    Messages are limited to MAX_MESSAGE_BYTES regardless of `ws_max_size`, unless the application accepts the connection
    with a larger `frodo.max_bytes`.
    """

    def __init__(self, config: Config, *args: Any, **kwargs: Any) -> None:
        config.ws_max_size = min(config.ws_max_size, MAX_MESSAGE_BYTES)
        super().__init__(config, *args, **kwargs)

    def handle_cont(self, event: Frame) -> None:
        if self.close_sent:
            return
        if len(self.frames) >= MAX_FRAGMENTS:
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG)
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    async def send(self, message: "ASGISendEvent") -> None:
        if message["type"] == "websocket.close":
            self.cut_later()  # it may wait behind what is not read
        elif message["type"] == "websocket.accept":
            self.conn.max_message_size = cast(dict, message).pop("frodo.max_bytes", self.conn.max_message_size)
        await super().send(message)
        if message["type"] == "websocket.accept" and self.handshake_complete:
            del self.request, self.response  # 3 KB that nobody reads again

    async def run_asgi(self) -> None:
        extensions = cast(Any, self.scope["extensions"])
        extensions[WRITE_FRAME] = self.write_frame
        try:
            await super().run_asgi()
        finally:
            del extensions[WRITE_FRAME]  # it refers to this connection
        self.cut_later()

    def write_frame(self, frame: bytes) -> bool:
        """Write a serialized frame, see `text_frame`; False if it has to be sent by an ASGI message."""
        if self.close_sent or self.conn.extensions or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.cut_later()

    def cut_later(self) -> None:
        if not self.disconnected:
            self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)
