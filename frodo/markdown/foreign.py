"""Inline patterns that other extensions registered, asked where they match."""

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from .emphasis import fill

if TYPE_CHECKING:
    from .inlines import Inlines

DEEPEST = 8


class Claims:
    """Each pattern's next match in one text."""

    def __init__(self, rules: "Inlines", text: str):
        self.rules, self.text = rules, text
        self.finds = [[None, pattern.getCompiledRegExp().finditer(text), pattern] for pattern in rules.patterns]
        for find in self.finds:
            find[0] = next(find[1], None)

    def before(self, at: int, stop: int) -> int:
        """Where the first match from `at` on begins, if that is before `stop`."""
        for find in self.finds:
            while find[0] and find[0].start() < at:
                find[0] = next(find[1], None)
            if find[0]:
                stop = min(stop, find[0].start())
        return stop

    def take(self, at: int) -> tuple[Element | str, int] | None:
        """What the first willing pattern makes of its match at `at`, and where that ends."""
        for match, _finds, pattern in self.finds:
            if not match or match.start() != at:
                continue
            node, start, end = pattern.handleMatch(match, self.text)
            if node is None or start != at or end is None or end <= start:
                continue
            if not isinstance(node, str):
                self.parse_inside(node)
            return node, end
        return None

    def parse_inside(self, node: Element) -> None:
        if self.rules.depth >= DEEPEST:
            return
        self.rules.depth += 1
        for element in list(node.iter()):
            if element.text and not isinstance(element.text, AtomicString):
                inner, element.text = self.rules.parse(element.text), None
                children = list(element)
                element[:] = []
                fill(element, inner + children)
        self.rules.depth -= 1
