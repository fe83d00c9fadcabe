"""The rows of tables in a large JSON file, one at a time, in bounded memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from blog.importers.errors import BrokenFile

MAX_ROW = 40_000_000
"""Bytes of one row."""
MAX_DEPTH = 200
PIECE, LARGE_PIECE = 4096, 1 << 20
"""Bytes."""


class Source:
    """What the parser reads, so that a row cannot be endless and an error has its line.

    From byte `careful` on it is read one by one: the parser does not say where it failed.
    """

    def __init__(self, path: Path, file: IO[bytes], careful: int | None = None) -> None:
        self.path, self.file, self.careful = path, file, careful
        self.start = self.at = self.row_at = 0
        """Where the last piece starts, where it ends, and where the row began that is being read."""
        self.line = 1
        self.size, self.has_events = PIECE, True

    def read(self, size: int = -1) -> bytes:
        """Small pieces, as each event of one has the names of all above it; larger ones within a long string."""
        if size == 0:
            return b""  # ijson asks for the type
        self.size = PIECE if self.has_events else min(2 * self.size, LARGE_PIECE)
        if self.careful is not None:
            self.size = min(self.size, self.careful - self.at) if self.at < self.careful else 1
        self.has_events = False
        if self.at - self.row_at > MAX_ROW:
            problem = _("One entry has more than %(n)d million characters. Remove it from the file.")
            raise BrokenFile(self.path.name, self.line, problem % {"n": MAX_ROW // 1_000_000})
        data = self.file.read(self.size)
        if not self.at and data.startswith(b"\xef\xbb\xbf"):
            data = b"   " + data[3:]
        self.start, self.at = self.at, self.at + len(data)
        self.line += data.count(b"\n")
        return data


def events(path: Path) -> Iterator[tuple[Source, str, str, Any]]:
    """Those of ijson, with what they are read from. Raises BrokenFile."""
    with path.open("rb") as file:
        source, depth = Source(path, file), 0
        try:
            for prefix, event, value in ijson.parse(source, use_float=True, multiple_values=True):
                source.has_events = True
                depth += event.startswith("start_") - event.startswith("end_")
                if depth > MAX_DEPTH:
                    raise BrokenFile(path.name, source.line, _("It is nested too deeply. Export the site again."))
                yield source, prefix, event, value
        except (ijson.JSONError, ValueError) as error:
            raise broken(path, error, source.start) from error


def rows(path: Path, prefixes: set[str]) -> Iterator[tuple[str, Any]]:
    """(prefix, value) for each value at one of the prefixes, such as `db.item.data.posts.item`. Raises BrokenFile."""
    builder: ijson.ObjectBuilder | None = None
    at = ""
    for source, prefix, event, value in events(path):
        if builder is None and prefix in prefixes and not event.startswith("end_"):
            builder, at = ijson.ObjectBuilder(), prefix
        if builder is None:
            source.row_at = source.at
        else:
            builder.event(event, value)
            if prefix == at and not event.startswith("start_") and event != "map_key":
                yield at, builder.value
                builder, source.row_at = None, source.at


def find_prefix(path: Path, name: str) -> str | None:
    """Where the first array or object called `name` stands: `db.item.data.` of `db.item.data.posts`."""
    for source, prefix, event, _value in events(path):
        source.row_at = source.at
        if event in ("start_array", "start_map") and (prefix == name or prefix.endswith(f".{name}")):
            return prefix.removesuffix(name)
    return None


def broken(path: Path, error: Exception, start: int) -> BrokenFile:
    """`start` is a byte not far before the error."""
    with path.open("rb") as file:
        source = Source(path, file, start)
        try:
            for _event in ijson.basic_parse(source, multiple_values=True):
                pass
        except (ijson.JSONError, ValueError):
            pass  # now the line is known
    if any(part in str(error).lower() for part in ("premature", "incomplete json")):
        problem = _("The file ends too early: it was cut off on its way here. Copy it again, or export the site again.")
    else:
        problem = _("This is not valid JSON in UTF-8. Fix it, or export the site again.")
    return BrokenFile(path.name, source.line, problem)
