"""What kind of character this is, as far as emphasis and anchors ask."""

import unicodedata
from functools import lru_cache

SPACE, PUNCT, CJK = 1, 2, 4

ASCII_PUNCT = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@lru_cache(maxsize=8192)
def kind(char: str) -> int:
    """Flags of one character; "" stands for the edge of the text and counts as a space."""
    if not char or char.isspace():
        return SPACE
    flags = 0
    category = unicodedata.category(char)
    if category[0] in "PS":
        flags |= PUNCT
    if is_cjk(char, category):
        flags |= CJK
    return flags


def is_cjk(char: str, category: str) -> bool:
    """Wide, and not an emoji: those are wide too, yet stand in Latin text as well."""
    code = ord(char)
    if code < 0x1100:
        return False
    if 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF:
        return True
    if unicodedata.east_asian_width(char) not in "WFH":
        return False
    if category[0] == "S" and (code < 0x2E80 or 0x1F000 <= code <= 0x1FAFF):
        return 0x1F200 <= code <= 0x1F2FF and code not in EMOJI_IDEOGRAPHS
    return True


# The squared ideographs that every platform draws as colour emoji.
EMOJI_IDEOGRAPHS = frozenset(
    (0x1F201, 0x1F21A, 0x1F22F, 0x1F250, 0x1F251, *range(0x1F232, 0x1F237), *range(0x1F238, 0x1F23B))
)


def is_selector(char: str) -> bool:
    """A variation selector changes how the character before it is drawn and has no kind of its own."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def before(text: str, at: int) -> int:
    """Flags of the character that ends at `at`, looking through variation selectors."""
    if at == 0:
        return SPACE
    char = text[at - 1]
    if is_selector(char) and at > 1:
        under = kind(text[at - 2])
        if under & CJK:
            return under
        # A quotation mark asked to be drawn in its East Asian, full-width form.
        if char == "\ufe01" and text[at - 2] in "“”‘’":
            return PUNCT | CJK
    return kind(char)


def after(text: str, at: int) -> int:
    if at >= len(text):
        return SPACE
    if text[at + 1 : at + 2] == "\ufe01" and text[at] in "“”‘’":
        return PUNCT | CJK
    return kind(text[at])
