"""What must not be touched (code, raw blocks) waits outside the text until all else is done."""

import re
from bisect import bisect_right
from collections.abc import Callable

FENCE = re.compile(
    r"^(?P<before>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}).*$", re.MULTILINE
)
TICKS = re.compile(r"`+")
BLANK_LINE = re.compile(r"\n[ \t]*\n")
PRE = re.compile(r"<(pre|script|style|textarea)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
TOKEN = re.compile("\x02(\\d+)\x03")


class Shelter:
    """Gives a token for each piece that is to stay; the source text holds no control characters."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def hold(self, piece: str) -> str:
        self.pieces.append(piece)
        return f"\x02{len(self.pieces) - 1}\x03"

    def restore(self, text: str) -> str:
        """A held piece may hold tokens of pieces held before it."""
        while TOKEN.search(text):
            text = TOKEN.sub(lambda found: self.pieces[int(found[1])], text)
        return text

    def hold_code(self, text: str, *, inside: Callable[[str], str] | None = None) -> str:
        """Shelter fenced code, code spans and `<pre>`; `inside` may change what is held."""
        change = inside or (lambda piece: piece)
        out: list[str] = []
        for is_code, piece in code_and_text(text):
            out.append(self.hold(change(piece)) if is_code else piece)
        return PRE.sub(lambda found: self.hold(change(found[0])), "".join(out))


def code_and_text(text: str):
    """(is code, piece), in order; the pieces together are the text."""
    position = 0
    for start, end in fences(text):
        yield from spans(text[position:start])
        yield True, text[start:end]
        position = end
    yield from spans(text[position:])


def fences(text: str):
    """Start and end of each fenced block, without what stands before its first fence."""
    position = 0
    while opening := FENCE.search(text, position):
        mark, start = opening["fence"], opening.start("fence")
        closing = closing_fence(mark).search(text, opening.end())
        end = closing.end() if closing else len(text)
        yield start, end
        position = end


def closing_fence(mark: str) -> re.Pattern:
    return re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)


def spans(text: str):
    """Code spans and what is between them. A span ends with as many backticks, in the same paragraph."""
    runs: dict[int, list[int]] = {}
    for run in TICKS.finditer(text):
        runs.setdefault(len(run[0]), []).append(run.start())
    breaks = [found.start() for found in BLANK_LINE.finditer(text)]
    position = done = 0
    while run := TICKS.search(text, position):
        length, same = len(run[0]), runs[len(run[0])]
        n = bisect_right(same, run.start())
        position = run.end()
        if n == len(same) or bisect_right(breaks, run.start()) != bisect_right(breaks, same[n]):
            continue
        if run.start() and text[run.start() - 1] == "\\":
            continue
        if done < run.start():
            yield False, text[done : run.start()]
        position = done = same[n] + length
        yield True, text[run.start() : done]
    if done < len(text):
        yield False, text[done:]
