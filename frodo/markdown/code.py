"""Code blocks: options of the fence, and syntax highlighting with classes."""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from io import StringIO
from time import thread_time
from typing import NamedTuple

from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

LANGUAGE = re.compile(r"[^\s{,:]+")
LINES = re.compile(r"""\{([\d,\s-]+)\}|\bhl_lines=(?:"([^"]*)"|'([^']*)'|\[([^\]]*)\]|([\d,-]+))""")
LINE_RANGE = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
TITLE = re.compile(r"""\btitle=(?:"([^"]*)"|'([^']*)'|(\S+))""")
NUMBERED = re.compile(r"""\b(?:linenos|linenums|linenostart|showLineNumbers)\b(?!=["']?false)(?:=["']?(\d{1,6}))?""")
"""As Pygments, MkDocs, Hugo and Docusaurus write it; a number is that of the first line."""
DIFF = re.compile(r"\sdiff(?=\s|$)")
SIGNS = {"+": "add", "-": "del", " ": ""}
LINE_KIND = re.compile(r"\+(?!\+\+ )|-(?!-- )")
"""An added or deleted line, not the name of a file."""
MOST_LINES = 2000
FORMATTER = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=128)
def lexer_for(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return None


class Limits(NamedTuple):
    """How much of a text's code is highlighted; the rest is shown plain."""

    characters: int
    """Of one block."""
    line: int
    """Characters of the longest line: lexers are slow on generated code without line ends."""
    seconds: float
    """CPU time for all blocks of the text: some lexers take quadratic time on text made for it."""


POST = Limits(60_000, 5_000, 0.5)
COMMENT = Limits(4_000, 1_000, 0.1)


class Highlighter:
    """Renders the code blocks of one text."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.seconds = limits.seconds

    def block(self, code: str, info: str) -> str:
        named = LANGUAGE.match(info.strip())
        language = named[0].lower() if named else ""
        titled = TITLE.search(info)
        title = html.escape(next(filter(None, titled.groups()), "")) if titled else ""
        options = TITLE.sub("", info)
        code = self.lines(code, language, options)
        lang = f' data-lang="{html.escape(language)}"' if language else ""
        title = f'<div class="code-title">{title}</div>\n' if title else ""
        return f'<div class="highlight"{lang}>{title}<pre><code>{code}</code></pre></div>'

    def lines(self, code: str, language: str, options: str) -> str:
        """Highlighted code. Lines that are marked, numbered, added or deleted are elements."""
        is_diff = bool(DIFF.search(options))
        marked, numbers = set(marked_lines(options)), NUMBERED.findall(options)
        source = code.split("\n")
        kinds = [LINE_KIND.match(line) for line in source] if is_diff or language == "diff" else []
        if is_diff:  # the lexer must not see the signs
            code = "\n".join(line[line[:1] in SIGNS :] for line in source)
        coloured = self.colours(code, language)
        if not (kinds or marked or numbers):
            return coloured
        first = int(max(numbers, key=len) or 1) if numbers else 0
        out = []
        for n, line in enumerate(coloured.removesuffix("\n").split("\n")):
            sign = source[n][:1] if is_diff and source[n][:1] in SIGNS else ""
            kind = SIGNS[source[n][0]] if n < len(kinds) and kinds[n] else ""
            classes = " ".join(["hll"] * (n + 1 in marked) + ["line"] * bool(numbers) + [kind] * bool(kind))
            number = f' data-n="{first + n}"' if numbers else ""
            out.append(f'<span class="{classes}"{number}>{sign}{line}\n</span>' if classes else f"{sign}{line}\n")
        return "".join(out)

    def colours(self, code: str, language: str) -> str:
        lexer = lexer_for(language) if language else None
        if not lexer or not code.strip():
            return html.escape(code, quote=False)
        out = StringIO()
        FORMATTER.format(self.tokens(code, lexer), out)
        return out.getvalue()

    def tokens(self, code: str, lexer: Lexer) -> Iterator[tuple[_TokenType, str]]:
        end, start = 0, thread_time()
        for n, (at, kind, text) in enumerate(lexer.get_tokens_unprocessed(code[: self.length(code)])):
            yield kind, text
            end = at + len(text)
            if n % 32 == 0 and thread_time() - start > self.seconds:  # asking for the time takes some, too
                break
        self.seconds -= thread_time() - start
        if end < len(code):
            yield Token.Text, code[end:]

    def length(self, code: str) -> int:
        """Number of characters to highlight: whole lines within the limits."""
        if self.seconds <= 0:
            return 0
        length = 0
        for line in code.splitlines(keepends=True):
            if len(line) > self.limits.line or length + len(line) > self.limits.characters:
                break
            length += len(line)
        return length


def marked_lines(info: str) -> list[int]:
    """`{1,3-4}` or `hl_lines="1 3-4"` as [1, 3, 4]."""
    found = LINES.search(info)
    lines: list[int] = []
    for first, last in LINE_RANGE.findall(found[found.lastindex or 0]) if found else ():
        start = int(first[:6])
        lines.extend(range(start, min(int(last[:6] or start), start + MOST_LINES) + 1))
    return lines[:MOST_LINES]
