"""One block of a document, and a line with a cursor in it."""

from typing import Any

CONTAINERS = frozenset(("document", "quote", "list", "item", "note"))
VERBATIM = frozenset(("fence", "code", "html", "math"))
TAB = 4


class Block:
    """A node of the block structure, before it becomes HTML."""

    __slots__ = (
        "align",
        "bullet",
        "children",
        "close",
        "end",
        "fence",
        "indent",
        "info",
        "kind",
        "level",
        "lines",
        "missing",
        "ordered",
        "rows",
        "start",
        "start_number",
        "tight",
    )

    align: list[str]  # of a table's columns
    bullet: str
    close: Any  # what ends it: a pattern for HTML, a mark for a formula
    fence: str
    info: str
    level: int
    missing: int
    ordered: bool
    rows: list[list[str]]
    start_number: int | None

    def __init__(self, kind: str, start: int):
        self.kind = kind
        self.start = self.end = start
        self.children: list[Block] = []
        self.lines: list[str] = []
        self.tight = True
        self.indent = 0


class Line:
    """A line read from the left. Columns count, because a tab may be eaten by halves: `pad` is the rest of one."""

    __slots__ = ("at", "blank", "column", "first", "indent", "pad", "text")

    def __init__(self, text: str):
        self.text = text
        self.at = self.column = self.pad = 0
        self.look()

    def look(self) -> None:
        """Find the first visible character and how many columns away it is."""
        text, at = self.text, self.at
        column = self.column + self.pad
        end = len(text)
        while at < end:
            char = text[at]
            if char == " ":
                column += 1
            elif char == "\t":
                column += TAB - column % TAB
            else:
                break
            at += 1
        self.first = at
        self.indent = column - self.column
        self.blank = at == end

    def skip(self, columns: int) -> None:
        """Eat up to so many columns of blank space."""
        text, end = self.text, len(self.text)
        while columns > 0:
            if self.pad:
                eaten = min(self.pad, columns)
                self.pad -= eaten
                self.column += eaten
                columns -= eaten
            elif self.at < end and text[self.at] == " ":
                self.at += 1
                self.column += 1
                columns -= 1
            elif self.at < end and text[self.at] == "\t":
                self.at += 1
                self.pad = TAB - self.column % TAB
            else:
                break
        self.look()

    def eat(self, count: int) -> None:
        """Go to the first visible character and past so many of them."""
        self.column += self.indent + count
        self.at = self.first + count
        self.pad = 0
        self.look()

    @property
    def char(self) -> str:
        return self.text[self.first : self.first + 1]

    def rest(self) -> str:
        return " " * self.pad + self.text[self.at :]

    def visible(self) -> str:
        return self.text[self.first :]
