"""Cuts text into the terms of the index. The query is cut by the same function, so both sides agree.

Words are folded (case, accents, width, `frodo.text`). Scripts without spaces, such as Chinese,
are cut into characters; two that touch also give the pair of them. A word has its English stem at the same position,
and the parts of a camel-case word theirs.
"""

import re
import sys
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import tantivy

from frodo.text import fold

# Han with iteration marks, kana, Thai, Lao, Myanmar, Khmer; emoji, which are words of one character as well.
UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
    "\u2600-\u27bf\U0001f300-\U0001faff"
)
MARKS = "".join(c for c in map(chr, range(0x300, 0x1E00)) if unicodedata.category(c) in {"Mn", "Mc"})
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
TOKEN = re.compile(
    rf"[{UNSPACED}](?:(?![{UNSPACED}])[{MARKS}]|[\u3099\u309a])*"
    rf"|[^\W_{UNSPACED}][^\W_{UNSPACED}{MARKS}]*(?:[{MARKS}]+[^\W_{UNSPACED}]*)*(?:\+\+|#(?!\w))?"
)
CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
STEM = "="
"""Marks the terms that are stems."""
MAX_WORD = 60
"""Longer ones are keys, hashes and the like: cut."""

stemmer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.stemmer("english")).build()


class Token(NamedTuple):
    text: str
    """Folded."""
    start: int
    end: int
    """Where it stands in the text that was cut."""
    is_unspaced: bool


class Terms(NamedTuple):
    """What is indexed for one word or character."""

    main: str
    others: tuple[str, ...]
    """At the same position: its stem, the parts of a camel-case word."""
    is_unspaced: bool


def clean(text: str) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def cut(text: str) -> list[Token]:
    """The tokens of a query, which should be `clean`."""
    found = []
    for match in TOKEN.finditer(text):
        terms = terms_of(match[0])
        found.append(Token(terms.main, *match.span(), terms.is_unspaced))
    return found


@lru_cache(maxsize=50_000)
def terms_of(word: str) -> Terms:
    main = sys.intern(fold(word)[:MAX_WORD])
    if UNSPACED_START.match(word):
        return Terms(main, (), True)
    others = (
        {stem_term(main), *(fold(part) for part in CAMEL.findall(word) if len(part) > 1)} if word.isascii() else set()
    )
    if main[-1:] in "+#":
        others.add(main.rstrip("+#"))
    return Terms(main, tuple(others - {main, ""}), False)


UNSPACED_START = re.compile(f"[{UNSPACED}]")


def stem_term(word: str) -> str:
    """The term of the stem of an ASCII word, empty where the word has no other stem."""
    stem = stem_of(word)
    return STEM + stem if stem != word else ""


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    found = stemmer.analyze(word) if word.isascii() and word.isalpha() else []
    return found[0] if found else word


def index_tokens(text: str) -> tuple[tantivy.PreTokenizedString, tantivy.PreTokenizedString]:
    """The tokens of a text of a post, as the index takes them, and the pairs of its characters."""
    token, found, pairs = tantivy.Token, [], []
    text = clean(text)
    last, last_end = "", -1
    for position, match in enumerate(TOKEN.finditer(text)):
        main, others, is_unspaced = terms_of(match[0])
        found.append(token(main, position, 0, 0))
        for other in others:
            found.append(token(other, position, 0, 0))
        if last and match.start() == last_end and is_unspaced:
            pairs.append(token(last + main, position - 1, 0, 0))
        last, last_end = main if is_unspaced else "", match.end()
    return tantivy.PreTokenizedString("", found), tantivy.PreTokenizedString("", pairs)


def pairs(characters: list[str]) -> list[str]:
    return [a + b for a, b in pairwise(characters)]
