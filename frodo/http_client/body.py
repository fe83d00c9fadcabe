"""Response bodies: decompressed, with limits of size and of work."""

import re
import zlib
from collections.abc import AsyncIterable

from frodo import images
from frodo.http_client.errors import BadAnswer, TooLarge

PACKING = 64 * 1024
"""Bytes that compression may add to incompressible data."""
MOST_PIECES = 10_000
"""Maximum number of chunks of a body, since each costs processing time."""
SIGNS = (
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|title|meta|body)\b", re.I), "text/html"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)


async def read(chunks: AsyncIterable[bytes], most: int, packed: str, *, may_cut: bool) -> bytes:
    """At most `most` bytes; what is longer is cut off there, or TooLarge. Never unpacks more than that."""
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise BadAnswer  # we have asked for nothing else
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in packed else None
    body, n_sent, n_pieces = bytearray(), 0, 0
    async for chunk in chunks:
        n_sent, n_pieces = n_sent + len(chunk), n_pieces + 1
        body += unpacked(unpacking, chunk, most + 1 - len(body)) if unpacking else chunk
        if len(body) > most or n_sent > most + PACKING or n_pieces > MOST_PIECES:
            if may_cut:
                break
            raise TooLarge
    return bytes(body[:most])


def unpacked(unpacking: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    try:
        return unpacking.decompress(chunk, most)
    except zlib.error as error:
        raise BadAnswer from error


def type_of(body: bytes) -> str:
    """By its first bytes; empty when they say nothing."""
    if image := images.kind_of(body[:12]):
        return f"image/{image}"
    return next((kind for sign, kind in SIGNS if sign.match(body)), "")
