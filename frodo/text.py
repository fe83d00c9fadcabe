"""Cleaning and folding of text.

Databases accept characters that HTML, XML and JSON feeds do not.

XML 1.0 (https://www.w3.org/TR/xml/#charsets) and HTML (https://html.spec.whatwg.org/multipage/parsing.html, section
"Preprocessing the input stream") forbid different sets of characters. Text is cleaned of both where it enters: JSON of
the API, form data, imports, rendered Markdown. Feeds and JSON-LD clean once more what older rows have.

Besides, text folding for search: stored texts and queries are folded alike, character by character, so that a place in
the folded text can be found again in the text itself.
"""

import json
import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:  # the stubs tell texts from other promises
    from django.utils.functional import _StrPromise as Promise
else:
    from django.utils.functional import Promise

StrOrPromise = str | Promise
"""A text, or one of gettext_lazy."""

NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | code) for plane in range(0x11) for code in (0xFFFE, 0xFFFF))
FORBIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{NONCHARACTERS}]")
"""C0 controls except tab and line ends, DEL and C1 controls, surrogates, noncharacters."""
CREDENTIAL = re.compile("password|username")
"""Names of credential fields, which are compared with stored values and so must not be changed."""


def is_mark(c: str) -> bool:
    """Whether a character is part of the letter before it: a vowel of Hindi or Thai, an accent in NFD."""
    return unicodedata.category(c) in {"Mn", "Mc"} and not "\ufe00" <= c <= "\ufe0f"  # no selector of a variant


BLOCKS_WITH_MARKS = ((0x300, 0x3100), (0xA600, 0xAC00), (0xFB00, 0xFE30), (0x10A00, 0x11F60))
MARKS = "".join(c for c in map(chr, chain.from_iterable(range(*block) for block in BLOCKS_WITH_MARKS)) if is_mark(c))
r"""For a character class in a pattern, beside `\w`, which leaves them out."""


def clean_text(text: str) -> str:
    """Remove the characters that no output format can carry."""
    return FORBIDDEN.sub("", text)


def clean_values(value: Any) -> Any:
    """Clean every string in a value as JSON has it, other than credentials."""
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {name: each if is_credential(name) else clean_values(each) for name, each in value.items()}
        case list():
            return [clean_values(each) for each in value]
        case tuple():
            return tuple(clean_values(each) for each in value)
    return value


def parse_json(body: bytes) -> Any:
    """Clean JSON in UTF-8 (RFC 8259). Raises ValueError for anything else: NaN, or what is nested too deeply, too."""
    try:
        return clean_values(json.loads(body.decode("utf-8-sig"), parse_constant=refuse_constant))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def refuse_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def is_credential(name: object) -> bool:
    return isinstance(name, str) and CREDENTIAL.search(name) is not None


ACCENTS = range(0x300, 0x370)
"""Combining diacritical marks. The vowels of Indic scripts and か's marks are letters' parts and stay."""


class Folds(dict):
    def __missing__(self, code: int) -> str:
        c = chr(code)
        if unicodedata.category(c) == "Cf":
            folded = ""
        else:
            folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", c).casefold())
            folded = "".join(part for part in folded if ord(part) not in ACCENTS)
        self[code] = folded
        return folded


FOLDS = Folds()


def fold(text: str) -> str:
    """Remove differences of case, width, accents, invisible characters and runs of spaces."""
    return " ".join(text.translate(FOLDS).split())


def fold_with_places(text: str) -> tuple[str, list[int] | range]:
    """The folded text, spaces as they are, and from where in `text` each of its characters comes."""
    folded = text.translate(FOLDS)
    if len(folded) == len(text) and all(FOLDS[ord(c)] for c in set(text)):
        return folded, range(len(text))
    return folded, [n for n, c in enumerate(text) for _part in FOLDS[ord(c)]]


def columns(text: str) -> int:
    """How many columns of a terminal it takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
