"""A generator's own language in a post's text, turned into Markdown.

Here are the placeholders for the parts that a conversion must not touch: code and raw blocks.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

FENCE = re.compile(
    r"^(?P<before>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,}).*$", re.MULTILINE
)
TICKS = re.compile(r"`+")
BLANK_LINE = re.compile(r"\n[ \t]*\n")
PRE = re.compile(r"<(pre|script|style|textarea)\b[^>]*>(?:(?!<\1\b).)*?</\1\s*>", re.DOTALL | re.IGNORECASE)
TOKEN = re.compile("\x02(\\d+)\x03")


class Placeholders:
    """Parts of a text, and the tokens that stand for them in it. The source text has no control characters."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def store(self, piece: str) -> str:
        """Return the token that stands for the piece."""
        self.pieces.append(piece)
        return f"\x02{len(self.pieces) - 1}\x03"

    def restore(self, text: str) -> str:
        """A stored piece may contain tokens of pieces stored before it."""
        while TOKEN.search(text):
            text = TOKEN.sub(lambda match: self.pieces[int(match[1])], text)
        return text

    def store_code(self, text: str, *, change: Callable[[str], str] = str) -> str:
        """Replace fenced code, code spans and `<pre>` by tokens; `change` may change what is stored."""
        pieces = (self.store(change(piece)) if is_code else piece for is_code, piece in code_and_text(text))
        return PRE.sub(lambda match: self.store(change(match[0])), "".join(pieces))


def without_empty_lines(html: str) -> str:
    """One block of HTML in Markdown, which ends at an empty line and takes indented lines for code."""
    placeholders = Placeholders()
    rest = PRE.sub(lambda match: placeholders.store(match[0].replace("\n\n", "\n&#10;")), html)
    lines = (line.strip() for line in rest.split("\n"))
    return placeholders.restore("\n".join(filter(None, lines)))


def code_and_text(text: str) -> Iterator[tuple[bool, str]]:
    """(is code, piece), in order; the pieces together are the text."""
    position = 0
    for start, end in fences(text):
        yield from spans(text[position:start])
        yield True, text[start:end]
        position = end
    yield from spans(text[position:])


def fences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each fenced block, without what stands before its first fence."""
    position = 0
    while opening := FENCE.search(text, position):
        mark, start = opening["fence"], opening.start("fence")
        fence = re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
        closing = fence.search(text, opening.end())
        end = closing.end() if closing else len(text)
        yield start, end
        position = end


def spans(text: str) -> Iterator[tuple[bool, str]]:
    """Code spans and what is between them. A span ends with as many backticks, in the same paragraph."""
    runs: dict[int, list[int]] = {}
    for ticks in TICKS.finditer(text):
        runs.setdefault(len(ticks[0]), []).append(ticks.start())
    breaks = [match.start() for match in BLANK_LINE.finditer(text)]
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
