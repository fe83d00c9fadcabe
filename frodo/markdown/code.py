"""Code blocks: what the fence says about them, and their colours as classes."""

import html
import re
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

LANGUAGE = re.compile(r"[^\s{,:]+")
LINES = re.compile(r"\{([\d,\s-]+)\}")
TITLE = re.compile(r"""\btitle=(?:"([^"]*)"|'([^']*)'|(\S+))""")
MOST_LINES = 2000


@lru_cache(maxsize=128)
def lexer_for(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return None


@lru_cache(maxsize=64)
def formatter(lines: tuple[int, ...]) -> HtmlFormatter:
    return HtmlFormatter(nowrap=True, hl_lines=lines)


def block(code: str, info: str, longest: int) -> str:
    """HTML of a code block. Code beyond the longest stays uncoloured: some lexers are slow on purpose-made text."""
    named = LANGUAGE.match(info.strip())
    language = named[0].lower() if named else ""
    lexer = lexer_for(language) if language and len(code) <= longest else None
    if lexer and code.strip():
        inner = highlight(code, lexer, formatter(tuple(marked_lines(info))))
    else:
        inner = html.escape(code, quote=False)
    lang = f' data-lang="{html.escape(language)}"' if language else ""
    titled = TITLE.search(info)
    title = html.escape(next(filter(None, titled.groups()), "")) if titled else ""
    title = f'<div class="code-title">{title}</div>\n' if title else ""
    return f'<div class="highlight"{lang}>{title}<pre><code>{inner}</code></pre></div>'


def marked_lines(info: str) -> list[int]:
    """`{1,3-4}` as [1, 3, 4]."""
    found = LINES.search(info)
    lines: list[int] = []
    for part in found[1].split(",") if found else ():
        first, _, last = part.strip().partition("-")
        if first.strip().isdigit() and (not last or last.strip().isdigit()):
            start = int(first[:6])
            lines.extend(range(start, min(int(last[:6] or start), start + MOST_LINES) + 1))
    return lines[:MOST_LINES]
