"""What a CommonMark and GitHub renderer makes of a post, to hold ours against.

The judge is markdown-it-py's gfm-like preset, changed in two places where it is not right for us:
runs of `*`, `_` and `~` are judged by the CJK-friendly amendment (the preset leaves `**中文。**后文`
literal), and an address without a scheme or `www.` is no link (GitHub's rules do not make one of
`README.md`; linkify does).
"""

import re
import unicodedata
from collections import Counter

from lxml import html
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned

NAMES = {"s": "del", "b": "strong", "i": "em"}
FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
HEADINGS = tuple(f"h{level}" for level in range(1, 7))
COUNTED = (*HEADINGS, "ul", "ol", "li", "pre", "table", "tr", "a", "img", "em", "strong", "del", "blockquote", "hr")


class FriendlyInline(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        source, end = self.src, start
        while end < self.posMax and source[end] == source[start]:
            end += 1
        left = source[start - 1] if start else " "
        right = source[end] if end < self.posMax else " "
        opens = not right.isspace() and (not is_outside(right) or left.isspace() or is_outside(left) or is_wide(left))
        closes = not left.isspace() and (not is_outside(left) or right.isspace() or is_outside(right) or is_wide(right))
        if not canSplitWord:
            opens, closes = opens and (not closes or is_punct(left)), closes and (not opens or is_punct(right))
        return Scanned(opens, closes, end - start)


class FriendlyParser(ParserInline):
    def parse(self, src, md, env, tokens):
        state = FriendlyInline(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def is_punct(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WFH" and unicodedata.category(char) != "So"


def is_outside(char: str) -> bool:
    return is_punct(char) and not is_wide(char)


def judge(friendly: bool = True) -> MarkdownIt:
    made = MarkdownIt("gfm-like")
    if friendly:
        made.inline = FriendlyParser()
        made.configure("gfm-like")
    return made


def judged(text: str, friendly: bool = True) -> str:
    made = judge(friendly)
    if not friendly:
        return made.render(text)
    tokens = made.parse(text)
    for token in tokens:
        if token.children:
            token.children = [child for child in token.children if not is_guess(child, token.children)]
    return made.renderer.render(tokens, made.options, {})


def is_guess(token, siblings) -> bool:
    """An opening or closing mark of a link that linkify guessed from a bare domain."""
    if token.info != "auto" or token.markup != "linkify":
        return False
    at = siblings.index(token)
    text = siblings[at + 1 if token.type == "link_open" else at - 1].content
    return not re.match(r"https?://|ftp://|www\.|mailto:|[^\s@]+@", text, re.IGNORECASE)


def structure(rendered: str) -> Counter:
    """How many there are of each element that carries structure."""
    tree = html.fragment_fromstring(rendered, create_parent="div")
    counts = Counter(NAMES.get(element.tag, element.tag) for element in tree.iter())
    counts = Counter({tag: count for tag, count in counts.items() if tag in COUNTED})
    # An anchor without an address is a mark, not a link.
    counts["a"] = len(tree.xpath(".//a[@href]"))
    return +counts


def body(text: str) -> str:
    return FRONT_MATTER.sub("", text, count=1)
