"""Detect the language of a text."""

import re

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = re.compile(r"https?://\S+|\]\([^)]*\)|<[^>]+>")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LONGEST = 20_000


def written_in(words: str, default: str) -> str:
    """The language of a text without code; the default if it is short."""
    words = NO_WORDS.sub("", words[:LONGEST])
    han, latin = len(HAN.findall(words)), len(LATIN.findall(words))
    if han + latin < 5:
        return default
    return "zh-hans" if han > latin / 2 else "en"


def language_of(title: str, text: str, default: str) -> str:
    """The language of a Markdown text."""
    return written_in(f"{title}\n{CODE.sub('', text[:LONGEST])}", default)
