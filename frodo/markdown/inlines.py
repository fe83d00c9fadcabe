"""What stands inside a paragraph: one scan from left to right, as CommonMark describes it.

Patterns that other extensions registered take part: each is asked where it matches next.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString, code_escape

from . import links, markup
from .chars import ASCII_PUNCT, CJK, after, before
from .emphasis import Nodes, Run, resolve
from .foreign import Claims
from .math import inline_math
from .nodes import BareLink, anchor, link, picture

SPECIAL = re.compile(
    r"[\\`*_~\[\]!<\n$]|&(?=[#A-Za-z][A-Za-z0-9]{1,31};)|https?://|www\.|(?<=[A-Za-z0-9_-])@", re.IGNORECASE
)
NOTE = re.compile(r"\[\^([^\]\[\s]{1,100})\]")


class Bracket:
    __slots__ = ("at", "image", "number", "order")

    def __init__(self, at: int, number: int, image: bool, order: int):
        self.at, self.number, self.image, self.order = at, number, image, order


class Inlines:
    """The scanner's rules, for all texts of one document."""

    def __init__(self, md: Markdown, options, patterns: list[InlineProcessor], note: Callable[[str], Element | None]):
        self.md = md
        self.options = options
        self.patterns = patterns
        self.note = note
        self.depth = 0

    def parse(self, text: str) -> Nodes:
        return Scan(self, text).run()


class Scan:
    """One text on its way to nodes."""

    def __init__(self, rules: Inlines, text: str):
        self.rules, self.options, self.text = rules, rules.options, text
        self.at = 0
        self.nodes: Nodes = []
        self.brackets: list[Bracket] = []
        self.inert = 0  # brackets below this order cannot become links: one lies inside them
        self.ticks: dict[int, list[int]] | None = None
        self.absent: set[str] = set()

    def run(self) -> Nodes:
        text, nodes = self.text, self.nodes
        claims = Claims(self.rules, text) if self.rules.patterns else None
        end = len(text)
        while self.at < end:
            match = SPECIAL.search(text, self.at)
            stop = match.start() if match else end
            if claims:
                stop = claims.before(self.at, stop)
            if stop > self.at:
                nodes.append(text[self.at : stop])
                self.at = stop
            if stop >= end:
                break
            claimed = claims and claims.take(stop)
            if claimed:
                nodes.append(claimed[0])
                self.at = claimed[1]
                continue
            if not match or match.start() != stop:
                nodes.append(text[stop])
                self.at = stop + 1
                continue
            rule = RULES.get(text[stop]) or Scan.bare_link
            if not rule(self):
                nodes.append(match[0])
                self.at = match.end()
        return resolve(nodes)

    # Rules: each is called at its character, and moves `at` when it holds

    def backslash(self) -> bool:
        text, at = self.text, self.at
        char = text[at + 1 : at + 2]
        if char in ("(", "[") and self.options.math and self.math():
            return True
        if char == "\n":
            self.line_break(at + 2)
        elif char and char in ASCII_PUNCT:
            self.nodes.append(char)
            self.at = at + 2
        else:
            return False
        return True

    def newline(self) -> bool:
        at = self.at
        last = self.nodes[-1] if self.nodes else None
        hard = False
        if isinstance(last, str):
            hard = last.endswith("  ")
            self.nodes[-1] = last.rstrip(" ")
        if hard or self.options.breaks:
            self.line_break(at + 1)
        else:
            # Between two Chinese characters a browser would draw the line's end as a space.
            ideographs = before(self.text, at) & CJK and after(self.text, at + 1) & CJK
            if not ideographs or is_hangul(self.text[at - 1]):
                self.nodes.append("\n")
            self.at = at + 1
        return True

    def line_break(self, at: int) -> None:
        br = Element("br")
        br.tail = "\n"
        self.nodes.append(br)
        self.at = at

    def code(self) -> bool:
        text, at = self.text, self.at
        if self.ticks is None:
            self.ticks = {}
            for match in re.finditer("`+", text):
                self.ticks.setdefault(len(match[0]), []).append(match.start())
        width = 1
        while text[at + width : at + width + 1] == "`":
            width += 1
        starts = self.ticks.get(width, [])
        following = bisect_left(starts, at + width)
        if following == len(starts):
            self.nodes.append("`" * width)
            self.at = at + width
            return True
        inner = text[at + width : starts[following]].replace("\n", " ")
        if inner[0] == inner[-1] == " " and inner.strip(" "):
            inner = inner[1:-1]
        element = Element("code")
        element.text = AtomicString(code_escape(inner))
        self.nodes.append(element)
        self.at = starts[following] + width
        return True

    def delimiters(self) -> bool:
        text, at = self.text, self.at
        end = at + 1
        while end < len(text) and text[end] == text[at]:
            end += 1
        self.nodes.append(Run(text, at, end))
        self.at = end
        return True

    def math(self) -> bool:
        if not self.options.math:
            return False
        found = inline_math(self.text, self.at)
        if not found:
            return False
        tex, display, end = found
        self.nodes.append(self.options.show_math(tex, display))
        self.at = end
        return True

    def entity(self) -> bool:
        match = links.ESCAPE.match(self.text, self.at)
        if not match:
            return False
        self.nodes.append(links.entity(match[2]))
        self.at = match.end()
        return True

    def angle(self) -> bool:
        text, at = self.text, self.at
        if match := markup.AUTOLINK.match(text, at):
            self.autolink(match[1], match[1], match.end())
        elif match := markup.AUTOMAIL.match(text, at):
            self.autolink("mailto:" + match[1], match[1], match.end())
        elif not self.options.html:
            return False
        elif end := markup.end(text, at, self.absent):
            html = text[at:end]
            self.nodes.append(self.rules.md.htmlStash.store(self.options.more if markup.MORE.fullmatch(html) else html))
            self.at = end
        else:
            return False
        return True

    def autolink(self, url: str, label: str, end: int) -> None:
        self.nodes.append(link(links.normal_url(url.replace("\\", "%5C").replace("&", "&amp;")), label))
        self.at = end

    def bare_link(self) -> bool:
        text, at = self.text, self.at
        if at and ((text[at - 1].isascii() and text[at - 1].isalnum()) or text[at - 1] == "_"):
            return False
        url = links.bare_url(text, at)
        if not url:
            return False
        href = url if "://" in url else "http://" + url
        self.nodes.append(link(links.normal_url(href.replace("&", "&amp;")), url, BareLink))
        self.at = at + len(url)
        return True

    def bare_mail(self) -> bool:
        last = self.nodes[-1] if self.nodes else None
        if not isinstance(last, str):
            return False
        match = links.BARE_MAIL.search(self.text, max(0, self.at - min(len(last), 64)), self.at + 320)
        if not match or match.start() + match[0].index("@") != self.at:
            return False
        self.nodes[-1] = last[: len(last) - (self.at - match.start())]
        self.nodes.append(link("mailto:" + match[0], match[0], BareLink))
        self.at = match.end()
        return True

    def bang(self) -> bool:
        if self.text[self.at + 1 : self.at + 2] != "[":
            return False
        self.open(image=True)
        return True

    def bracket(self) -> bool:
        note = NOTE.match(self.text, self.at)
        if note:
            element = self.rules.note(note[1])
            if element is not None:
                self.nodes.append(element)
                self.at = note.end()
                return True
        self.open(image=False)
        return True

    def open(self, image: bool) -> None:
        width = 2 if image else 1
        order = self.brackets[-1].order + 1 if self.brackets else self.inert
        self.at += width
        self.brackets.append(Bracket(self.at, len(self.nodes), image, order))
        self.nodes.append("![" if image else "[")

    def close(self) -> bool:
        if not self.brackets:
            return False
        opener = self.brackets.pop()
        if not opener.image and opener.order < self.inert:
            return False
        found = self.target(opener)
        if not found:
            return False
        (url, title), end = found
        inside = self.nodes[opener.number + 1 :]
        del self.nodes[opener.number :]
        self.nodes.append(picture(url, title, inside) if opener.image else anchor(url, title, inside))
        if not opener.image:
            self.inert = opener.order
        self.at = end
        return True

    def target(self, opener: Bracket) -> tuple[links.Target, int] | None:
        text, at = self.text, self.at
        if text.startswith("(", at + 1):
            found = links.inline_target(text, at + 1)
            if found:
                return found
        references = self.rules.md.references
        if not references:
            return None
        end = at + 1
        label = links.LABEL.match(text, end)
        if label:
            key = references.get(links.normal_label(label[1]))
            return (key, label.end()) if key else None
        if at - opener.at > 999:
            return None
        if text.startswith("[]", end):
            end += 2
        key = references.get(links.normal_label(text[opener.at : at]))
        return (key, end) if key else None


RULES = {
    "\\": Scan.backslash,
    "\n": Scan.newline,
    "`": Scan.code,
    "*": Scan.delimiters,
    "_": Scan.delimiters,
    "~": Scan.delimiters,
    "$": Scan.math,
    "&": Scan.entity,
    "<": Scan.angle,
    "@": Scan.bare_mail,
    "!": Scan.bang,
    "[": Scan.bracket,
    "]": Scan.close,
}


def is_hangul(char: str) -> bool:
    """Korean is wide and still puts spaces between words."""
    return "\uac00" <= char <= "\ud7af" or "\u1100" <= char <= "\u11ff"
