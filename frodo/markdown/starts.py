"""How blocks begin: each function looks at a line and says what starts there."""

import re

from .block import Line
from .markup import TAG

ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
ATX_END = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
FENCE = re.compile(r"`{3,}(?!.*`)|~{3,}")
SETEXT = re.compile(r"(?:=+|-+)[ \t]*$")
RULE = re.compile(r"(?:\*[ \t]*){3,}+$|(?:_[ \t]*){3,}+$|(?:-[ \t]*){3,}+$")
BULLET = re.compile(r"[*+-](?=[ \t]|$)")
NUMBER = re.compile(r"(\d{1,9})([.)])(?=[ \t]|$)")
NOTE = re.compile(r"\[\^([^\]\[\s]{1,100})\]:[ \t]*")
HTML_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|"
    "dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|"
    "iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|"
    "summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
# What opens a block of HTML, and what ends it; None is a blank line.
HTML = (
    (
        re.compile(r"<(?:script|pre|textarea|style)(?:\s|>|$)", re.I),
        re.compile(r"</(?:script|pre|textarea|style)>", re.I),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{HTML_NAMES})(?:\s|/?>|$)", re.I), None),
    (re.compile(rf"{TAG}\s*$"), None),
)
ANY_TAG = HTML[6][0]


def html(line: str, in_paragraph: bool) -> tuple[bool, re.Pattern | None]:
    """Whether a block of HTML starts here, and what will end it."""
    for opening, closing in HTML:
        if opening.match(line):
            return not (in_paragraph and opening is ANY_TAG), closing
    return False, None


class Marker:
    """The mark of a list item: what it is, and how far the item's text is indented."""

    __slots__ = ("bullet", "empty", "number", "width")

    def __init__(self, bullet: str, number: int | None, width: int, empty: bool):
        self.bullet, self.number, self.width, self.empty = bullet, number, width, empty


def marker(line: Line, in_paragraph: bool) -> Marker | None:
    text = line.text
    match = BULLET.match(text, line.first)
    number = None
    if not match:
        match = NUMBER.match(text, line.first)
        if not match:
            return None
        number = int(match[1])
    empty = not text[match.end() :].strip(" \t")
    # A list may break into a paragraph, but not by an empty item, nor by a number that ended a sentence.
    if in_paragraph and (empty or number not in (None, 1)):
        return None
    return Marker(match[2] if number is not None else match[0], number, len(match[0]), empty)
