"""Emphasis in Chinese, Japanese and Korean text (https://github.com/tats-u/markdown-cjk-friendly).

CommonMark decides by the characters on both sides whether a run of `*` or `_` opens or closes emphasis, and counts on
spaces between words. Chinese and Japanese have none, so `**中文。**后文` would stay literal. Here punctuation of these
scripts counts as a letter, and a CJK character outside counts as the edge of a word.
"""

import unicodedata
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

SPACE, PUNCTUATION, CJK = 1, 2, 4
DEEPEST_BRACKETS = 7


@lru_cache(maxsize=8192)
def kind(char: str) -> int:
    """Flags of one character; "" stands for the edge of the text and counts as a space."""
    if not char or char.isspace():
        return SPACE
    category = unicodedata.category(char)
    return PUNCTUATION * (category[0] in "PS") | CJK * is_cjk(char, category)


def is_cjk(char: str, category: str) -> bool:
    """Wide, and not an emoji: those are wide too, yet stand in Latin text as well."""
    code = ord(char)
    if code < 0x1100:
        return False
    if code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF:
        return True
    if unicodedata.east_asian_width(char) not in "WFH":
        return False
    if category[0] == "S" and (code < 0x2E80 or 0x1F000 <= code <= 0x1FAFF):
        return 0x1F200 <= code <= 0x1F2FF and code not in EMOJI_IDEOGRAPHS
    return True


EMOJI_IDEOGRAPHS = frozenset(
    (0x1F201, 0x1F21A, 0x1F22F, 0x1F250, 0x1F251, *range(0x1F232, 0x1F237), *range(0x1F238, 0x1F23B))
)
"""The squared ideographs that every platform draws as colour emoji."""


def before(text: str, at: int) -> int:
    """Flags of the character that ends at `at`. A variation selector has no kind of its own."""
    if at == 0:
        return SPACE
    char = text[at - 1]
    if at > 1 and ("\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"):
        under = kind(text[at - 2])
        if under & CJK:
            return under
        if char == "\ufe01" and text[at - 2] in "“”‘’":  # asked to be drawn full-width
            return PUNCTUATION | CJK
    return kind(char)


def after(text: str, at: int) -> int:
    if at >= len(text):
        return SPACE
    if text[at + 1 : at + 2] == "\ufe01" and text[at] in "“”‘’":
        return PUNCTUATION | CJK
    return kind(text[at])


def joins_lines(left: str, right: str) -> bool:
    """Whether a browser would draw the line end between these characters as an unwanted space."""
    is_korean = "\uac00" <= left <= "\ud7af" or "\u1100" <= left <= "\u11ff"
    return bool(kind(left) & kind(right) & CJK) and not is_korean


class State(StateInline):
    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__(src, md, env, tokens)
        # For each bracket, markdown-it-py looks this many brackets ahead; blocks share the option.
        self.level = md.options["maxNesting"] - DEEPEST_BRACKETS

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        source, end = self.src, start
        while end < self.posMax and source[end] == source[start]:
            end += 1
        left, right = before(source, start), after(source, end) if end < self.posMax else SPACE
        left_inside, right_inside = left & CJK or not left & PUNCTUATION, right & CJK or not right & PUNCTUATION
        opens = not right & SPACE and (right_inside or bool(left & (SPACE | CJK)) or not left_inside)
        closes = not left & SPACE and (left_inside or bool(right & (SPACE | CJK)) or not right_inside)
        # A single tilde follows the rule of `_`: between letters it is no mark, as in "哈哈~好的~" and "10~20, 30~40".
        if not canSplitWord or (source[start] == "~" and end - start == 1):
            opens, closes = (
                opens and (not closes or bool(left & PUNCTUATION)),
                closes and (not opens or bool(right & PUNCTUATION)),
            )
        return Scanned(bool(opens), bool(closes), end - start)


class Inline(ParserInline):
    """markdown-it-py's inline parser with the state above."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens

    def skipToken(self, state: StateInline) -> None:
        # Most calls are for a position that was seen before; nested brackets make very many.
        if (end := state.cache.get(state.pos)) is None:
            super().skipToken(state)
        else:
            state.pos = end
