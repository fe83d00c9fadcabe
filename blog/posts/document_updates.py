"""Check Yjs updates from browsers before the library reads them: a document holds one text and nothing else.

The library reads nested values by recursion, so an update of a few hundred kilobytes could overflow the stack, which
ends the process. The format is that of Yjs 13, version 1 (src/utils/encoding.js and src/structs of yjs).
"""

from enum import IntEnum

TEXT = "text"
"""The name of the text in the Yjs document."""
HAS_LEFT, HAS_RIGHT, HAS_KEY = 0x80, 0x40, 0x20
KIND_BITS = 0x1F
MAX_BITS = 63
"""Of a variable-length integer."""


class Kind(IntEnum):
    """What a document of text consists of."""

    GC = 0
    DELETED = 1
    STRING = 4
    SKIP = 10


def check(update: bytes) -> None:
    """Raises ValueError unless all that it inserts is characters, into the document's text."""
    reader = Reader(update)
    try:
        for _client in range(reader.number()):
            n_structs, _client_id, _clock = reader.number(), reader.number(), reader.number()
            for _struct in range(n_structs):
                check_struct(reader)
    except IndexError as error:
        raise ValueError("The update ends too early.") from error


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self) -> int:
        value = shift = 0
        while shift <= MAX_BITS:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise ValueError("A number is too long.")

    def text(self) -> str:
        length = self.number()
        start, self.at = self.at, self.at + length
        if self.at > len(self.data):
            raise IndexError
        return self.data[start : self.at].decode()


def check_struct(reader: Reader) -> None:
    info, reader.at = reader.data[reader.at], reader.at + 1
    if info in (Kind.GC, Kind.SKIP):
        reader.number()
        return
    for _neighbour in range(bool(info & HAS_LEFT) + bool(info & HAS_RIGHT)):
        reader.number()  # its client
        reader.number()  # its clock
    if not info & (HAS_LEFT | HAS_RIGHT) and (info & HAS_KEY or reader.number() != 1 or reader.text() != TEXT):
        raise ValueError("This is no part of the text.")
    match info & KIND_BITS:
        case Kind.DELETED:
            reader.number()
        case Kind.STRING:
            reader.text()
        case kind:
            raise ValueError(f"A text has nothing of kind {kind}.")
