"""Runs of `*`, `_` and `~~` paired into emphasis, by CommonMark's rules, amended for CJK text.

CommonMark looks at the characters on both sides of a run to tell whether it opens or closes, and
counts on spaces between words. Chinese and Japanese have none, so `**中文。**后文` would stay
literal. Here punctuation of such scripts counts as a letter, and a CJK neighbour as a word's edge.
"""

from xml.etree.ElementTree import Element

from .chars import CJK, PUNCT, SPACE, after, before

DEEPEST = 50

Nodes = list  # of str, Element and Run


class Run:
    """A row of equal delimiters, and what became of it."""

    __slots__ = ("can_close", "can_open", "char", "closes", "count", "length", "opens", "order")

    def __init__(self, text: str, start: int, end: int):
        self.char = text[start]
        self.count = self.length = end - start
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.order = 0
        self.can_open, self.can_close = flanks(self.char, before(text, start), after(text, end))
        if self.char == "~" and self.length != 2:
            self.can_open = self.can_close = False

    def pairs_with(self, opener: "Run") -> bool:
        if opener.char != self.char:
            return False
        if self.char != "~" and (self.can_open or opener.can_close) and self.length % 3:
            return (self.length + opener.length) % 3 != 0
        return True


def flanks(char: str, left: int, right: int) -> tuple[bool, bool]:
    """Whether a run may open and may close, from the kinds of its neighbours."""
    opens = not right & SPACE and (is_inside(right) or bool(left & (SPACE | CJK)) or not is_inside(left))
    closes = not left & SPACE and (is_inside(left) or bool(right & (SPACE | CJK)) or not is_inside(right))
    if char == "_":
        return opens and (not closes or bool(left & PUNCT)), closes and (not opens or bool(right & PUNCT))
    return opens, closes


def is_inside(kind: int) -> bool:
    """Not punctuation, but for that of CJK scripts, which stands inside words as letters do."""
    return not kind & PUNCT or bool(kind & CJK)


def resolve(nodes: Nodes) -> Nodes:
    """Turn the runs among the nodes into elements or plain text."""
    runs = [node for node in nodes if isinstance(node, Run)]
    if not runs:
        return nodes
    pair(runs)
    return build(nodes)


def pair(runs: list[Run]) -> None:
    waiting: list[Run] = []
    # Where a search for this kind of closer failed once, it need not look again.
    failed: dict[tuple[str, bool, int], int] = {}
    for order, closer in enumerate(runs):
        closer.order = order
        while closer.can_close and closer.count:
            key = (closer.char, closer.can_open, closer.length % 3)
            floor = failed.get(key, -1)
            at = len(waiting) - 1
            while at >= 0 and waiting[at].order > floor and not closer.pairs_with(waiting[at]):
                at -= 1
            if at < 0 or waiting[at].order <= floor:
                failed[key] = order - 1
                break
            opener = waiting[at]
            width = 2 if opener.count > 1 and closer.count > 1 else 1
            del waiting[at + 1 :]
            opener.opens.append(width)
            closer.closes.append(width)
            opener.count -= width
            closer.count -= width
            if not opener.count:
                waiting.pop()
        if closer.can_open and closer.count:
            waiting.append(closer)


def build(nodes: Nodes) -> Nodes:
    out: Nodes = []
    # None stands for an element left out because it would lie too deep.
    stack: list[tuple[Element | None, Nodes]] = []
    for node in nodes:
        if not isinstance(node, Run):
            out.append(node)
            continue
        for width in node.closes:
            element, outer = stack.pop()
            if element is None:
                out.append(node.char * width)
            else:
                fill(element, out)
                outer.append(element)
                out = outer
        if node.count:
            out.append(node.char * node.count)
        for width in reversed(node.opens):
            if len(stack) >= DEEPEST:
                out.append(node.char * width)
                stack.append((None, out))
            else:
                tag = "del" if node.char == "~" else "em" if width == 1 else "strong"
                stack.append((Element(tag), out))
                out = []
    return out


def fill(parent: Element, nodes: Nodes) -> None:
    """Put text and elements into an element, after what it holds."""
    last = parent[-1] if len(parent) else None
    for node in nodes:
        if not isinstance(node, str):
            parent.append(node)
            last = node
        elif last is None:
            parent.text = (parent.text or "") + escape(node)
        else:
            last.tail = (last.tail or "") + escape(node)


def escape(text: str) -> str:
    """The serializer of `markdown` leaves what looks like an entity alone; we have no entities left."""
    return text.replace("&", "&amp;") if "&" in text else text
