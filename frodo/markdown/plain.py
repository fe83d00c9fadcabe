"""A text without its markup, and how many words it has."""

import re

# Each Chinese or Japanese character is a word; elsewhere a word is letters and digits in a row.
WORD = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|(?:(?![\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff_])\w)+(?:['’.-](?=\w))?"
)
BLANKS = re.compile(r"[ \t\u00a0]*\n\s*")


def squeeze(text: str) -> str:
    return BLANKS.sub("\n", text).strip()


def shorten(text: str, length: int) -> str:
    """The beginning of a text as one line, ended by … where it goes on."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def count_words(text: str) -> int:
    """ "Don't" and "3.14" are two runs joined, and one word."""
    joined = re.sub(r"(?<=[A-Za-z0-9])['’.-](?=[A-Za-z0-9])", "", text)
    return sum(1 for _ in WORD.finditer(joined))
