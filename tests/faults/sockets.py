"""Sockets below the protocol: what no browser would send."""

import base64
import os
import socket
import struct

from tests.server import Server

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


def connected(server: Server, buffer: int | None = None) -> socket.socket:
    raw = socket.socket()
    if buffer:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)  # counts only before connect
    raw.settimeout(30)
    raw.connect(("127.0.0.1", server.port))
    return raw


def handshake(server: Server, post_id: int, origin: str | None = None) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /ws/posts/{post_id}/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {origin or server.url}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def opened(server: Server, post_id: int, buffer: int | None = None) -> socket.socket:
    """A websocket of post `post_id`, of which nothing but the handshake has been read."""
    raw = connected(server, buffer)
    raw.sendall(handshake(server, post_id))
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += (byte := raw.recv(1))
        assert byte, answer
    assert answer.startswith(b"HTTP/1.1 101")
    return raw


def framed(payload: bytes, opcode: int = TEXT, length: int | None = None, mask: bytes = bytes(4)) -> bytes:
    """A frame as clients send it; `length` is what it says of itself, if it lies."""
    length = len(payload) if length is None else length
    masked = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload)) if any(mask) else payload
    return struct.pack("!BBQ", 0x80 | opcode, 0xFF, length) + mask + masked


def said_until_closed(raw: socket.socket) -> tuple[list[bytes], int | None]:
    """The texts, and the code with which the server went; None when it was cut off."""
    texts: list[bytes] = []
    with raw, raw.makefile("rb") as stream:
        try:
            while len(head := stream.read(2)) == 2:
                length = head[1] & 0x7F
                if length > 125:
                    length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
                payload = stream.read(length)
                if head[0] & 0x0F == CLOSE:
                    return texts, int.from_bytes(payload[:2], "big")
                if head[0] & 0x0F == TEXT:
                    texts.append(payload)
        except ConnectionError:
            pass
    return texts, None
