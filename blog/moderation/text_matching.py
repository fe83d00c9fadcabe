"""Compare words as people read them: case, width and invisible characters make no difference."""

import re
import unicodedata
from functools import lru_cache
from html import unescape

from django.utils.html import strip_tags

from frodo import display_names
from frodo.text import MARKS, is_mark

CJK = "\u2e80-\u303f\u3040-\u30ff\u3130-\u318f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
UNSEEN = {"Cf", "Cn", "Co", "Cs"}
OTHER_LETTER = rf"(?:(?![_{CJK}])[\w{MARKS}])"
BLOCKS = re.compile(r"</(p|li|h\d|td|th|pre|blockquote|dd|dt)>|<br\b")


def shown_text(html: str) -> str:
    return unescape(strip_tags(BLOCKS.sub(" \\g<0>", html)))


def folded(text: str) -> str:
    """Fold case, width, accents of Latin letters, soft hyphens and zero-width characters."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if text.isascii():
        return text
    text = "".join(c for c in text if unicodedata.category(c) not in UNSEEN and c not in display_names.BLANK)
    bare = re.sub(r"([a-z])[\u0300-\u036f]+", r"\1", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare)


def has(words: str, looked_for: str) -> bool:
    return pattern(looked_for).search(words) is not None


@lru_cache(maxsize=2000)
def pattern(looked_for: str) -> re.Pattern:
    """A pattern: Latin words match whole; between Chinese characters anything that is no letter may stand."""
    text = re.sub(r"\s+", " ", folded(looked_for).strip())
    out = []
    for n, char in enumerate(text):
        if char == " ":
            out.append(r"\s+")
            continue
        if n and is_cjk(char) and is_cjk(text[n - 1]):
            out.append(r"[\W_]{0,3}")
        out.append(re.escape(char))
    begin = f"(?<!{OTHER_LETTER})" if is_word(text[:1]) else ""
    end = f"(?!{OTHER_LETTER})" if is_word(text[-1:]) else ""
    return re.compile(begin + "".join(out) + end)


def is_cjk(char: str) -> bool:
    return re.match(f"[{CJK}]", char) is not None


def is_word(char: str) -> bool:
    return bool(char) and (char.isalnum() or is_mark(char)) and not is_cjk(char)
