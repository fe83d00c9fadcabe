"""Lines become a tree of blocks, by CommonMark's two steps: which open blocks go on, what new ones begin."""

from itertools import pairwise

from . import continuing, links, starts, tables
from .block import CONTAINERS, VERBATIM, Block, Line
from .math import TEX_SIGN

# Beyond this depth marks of quotes and lists are plain text.
DEEPEST = 60

# How many lines are read again to see whether they are all definitions.
MOST_DEFINITIONS = 50

MAYBE = frozenset("#`~<=-*_+>$\\[|:0123456789")


class Structure:
    """Reads lines, keeps the stack of open blocks from the document to the leaf."""

    def __init__(self, options):
        self.math, self.html, self.notes, self.tables = options.math, options.html, options.notes, options.tables
        self.document = Block("document", 0)
        self.open = [self.document]
        self.number = 0
        self.lines: list[str] = []
        self.no_math_until = 0
        self.references: dict[str, links.Target] = {}

    def read(self, lines: list[str]) -> Block:
        self.lines = lines
        for self.number, text in enumerate(lines):
            self.take(Line(text))
        self.number = len(lines)
        self.shut(0)
        return self.document

    def take(self, line: Line) -> None:
        matched = 1
        while matched < len(self.open):
            block = self.open[matched]
            goes_on = continuing.GOES_ON[block.kind](block, line, self.number)
            if goes_on is None:  # the line closed the block
                self.shut(matched - 1)
                return
            if not goes_on:
                break
            matched += 1
        container = self.open[matched - 1]
        if container.kind not in VERBATIM:
            container = self.begin(container, matched - 1, line)
            if container is None:  # the line was all mark
                return
        tip = self.open[-1]
        if tip is not container and tip.kind == "paragraph" and not line.blank:
            self.add(tip, line.visible())  # a lazy line: the marks before it were left out
            return
        self.shut(self.open.index(container))
        self.text(container, line)

    # Does a new block begin?

    def begin(self, container: Block, depth: int, line: Line) -> Block | None:
        """The block that takes the line's text, or None when the line is used up."""
        while not line.blank and container.kind not in VERBATIM:
            if line.indent > 3:
                if self.open[-1].kind != "paragraph":
                    line.skip(4)
                    return self.push("code", depth)
                break
            char = line.char
            if char not in MAYBE:
                break
            in_paragraph = container.kind == "paragraph"
            if char == ">" and depth < DEEPEST:
                line.eat(1)
                line.skip(1)
                container = self.push("quote", depth)
            elif self.leaf(container, depth, line, in_paragraph):
                return None
            elif self.html and char == "<" and self.begin_html(depth, line, in_paragraph):
                return self.open[-1]
            elif depth < DEEPEST and (mark := self.marker(container, line)):
                container = self.begin_item(container, depth, line, mark)
            elif self.notes and char == "[" and depth < DEEPEST and (note := starts.NOTE.match(line.text, line.first)):
                line.eat(len(note[0].rstrip()))
                line.skip(line.indent)
                container = self.push("note", depth)
                container.info, container.indent = note[1], 4
            else:
                break
            depth = len(self.open) - 1
        return container

    def leaf(self, container: Block, depth: int, line: Line, in_paragraph: bool) -> bool:
        """Blocks whose first line is all their own."""
        text = line.visible()
        char = text[0]
        if char == "#" and (match := starts.ATX.match(text)):
            block = self.push("heading", depth)
            block.level = len(match[1])
            block.lines = [starts.ATX_END.sub("", text[match.end() :]).strip(" \t")]
        elif char in "`~" and (match := starts.FENCE.match(text)):
            indent = line.indent
            block = self.push("fence", depth)
            block.fence, block.indent = match[0], indent
            block.info = links.unescape(text[match.end() :].strip())
        elif char in "$\\" and self.math and self.begin_math(depth, text):
            pass
        elif in_paragraph and char in "=-" and starts.SETEXT.match(text) and self.define(container):
            container.kind = "heading"
            container.level = 1 if char == "=" else 2
            container.end = self.number
            container.lines = ["\n".join(container.lines).strip()]
            self.shut(depth - 1)
        elif in_paragraph and self.tables and char in "|:-" and self.begin_table(container, depth, text):
            pass
        elif char in "*_-" and starts.RULE.match(text):
            self.push("rule", depth)
        else:
            return False
        return True

    def define(self, paragraph: Block) -> bool:
        """Take the definitions at a paragraph's head out of it; whether text is left."""
        if not paragraph.lines or not paragraph.lines[0].startswith("["):
            return bool(paragraph.lines)
        text, at = "\n".join(paragraph.lines), 0
        while found := links.definition(text, at):
            label, target, at = found
            self.references.setdefault(label, target)
        if at:
            paragraph.lines = text[at:].split("\n") if text[at:].strip() else []
        return bool(paragraph.lines)

    def begin_table(self, paragraph: Block, depth: int, text: str) -> bool:
        header = paragraph.lines[-1] if paragraph.lines else ""
        align = tables.alignments(text, header)
        if align is None or not header:
            return False
        paragraph.lines.pop()
        if paragraph.lines:
            paragraph.end = self.number - 2
            block = self.push("table", depth - 1)
        else:
            block = paragraph
            block.kind = "table"
        block.start = self.number - 1
        block.end = self.number
        block.align = align
        block.rows = [tables.cells(header)]
        block.missing = 0
        return True

    def begin_html(self, depth: int, line: Line, in_paragraph: bool) -> bool:
        begins, closing = starts.html(line.visible(), in_paragraph or self.open[-1].kind == "paragraph")
        if begins:
            self.push("html", depth).close = closing
        return begins

    def begin_math(self, depth: int, text: str) -> bool:
        """`$$` or `\\[` on a line of its own, or before a formula that ends its line."""
        opening = text[:2]
        if opening not in ("$$", "\\["):
            return False
        close = "$$" if opening == "$$" else "\\]"
        first = text[2:].rstrip()
        if close in first:
            if not first.endswith(close) or close in first[:-2] or not first[:-2].strip():
                return False
            if opening == "\\[" and not TEX_SIGN.search(first[:-2]):
                return False
            self.push("math", depth).lines = [first[:-2]]
            self.shut(len(self.open) - 2)
            return True
        if self.number < self.no_math_until:
            return False
        for at in range(self.number + 1, len(self.lines)):
            ahead = self.lines[at].strip("> \t")
            if not ahead:
                break
            if ahead.endswith(close):
                block = self.push("math", depth)
                block.close, block.lines = close, [first]
                return True
        else:
            at = len(self.lines)
        self.no_math_until = at
        return False

    def marker(self, container: Block, line: Line) -> starts.Marker | None:
        """A list may begin after definitions where it could not break into a paragraph's text."""
        in_paragraph = container.kind == "paragraph"
        mark = starts.marker(line, in_paragraph)
        if mark or not in_paragraph or len(container.lines) > MOST_DEFINITIONS or self.define(container):
            return mark
        return starts.marker(line, in_paragraph=False)

    def begin_item(self, container: Block, depth: int, line: Line, mark: starts.Marker) -> Block:
        start = line.column
        line.eat(mark.width)
        used = line.column - start
        gap = line.indent
        if mark.empty or gap > 4:
            line.skip(1)
            width = used + 1
        else:
            line.skip(gap)
            width = used + gap
        ordered = mark.number is not None
        if container.kind != "list" or (container.bullet, container.ordered) != (mark.bullet, ordered):
            if container.kind == "list":
                depth -= 1
            container = self.push("list", depth)
            container.bullet, container.ordered = mark.bullet, ordered
            container.start_number = mark.number
            depth = len(self.open) - 1
        item = self.push("item", depth)
        item.indent = width
        return item

    # The stack

    def push(self, kind: str, depth: int) -> Block:
        """Open a block below the one at this depth, and close what else was open there."""
        while depth and not may_hold(self.open[depth].kind, kind):
            depth -= 1
        self.shut(depth)
        block = Block(kind, self.number)
        self.open[-1].children.append(block)
        if kind in ("heading", "rule"):
            self.closed(block)
        else:
            self.open.append(block)
        return block

    def shut(self, depth: int) -> None:
        while len(self.open) > depth + 1:
            self.closed(self.open.pop())

    def closed(self, block: Block) -> None:
        if block.kind == "paragraph":
            self.define(block)
        if block.kind in CONTAINERS and block.children:
            block.end = max(block.end, block.children[-1].end)
        if block.kind == "list":
            block.tight = not gap(block.children) and not any(gap(item.children) for item in block.children)

    # The rest of a line

    def text(self, container: Block, line: Line) -> None:
        kind = container.kind
        if kind in VERBATIM:
            container.lines.append(line.rest())
            if not line.blank or kind == "fence":
                container.end = self.number
            if kind == "html" and container.close and container.close.search(line.rest()):
                self.shut(len(self.open) - 2)
        elif kind == "paragraph":
            self.add(container, line.visible())
        elif kind == "table":
            row = tables.cells(line.visible())
            container.rows.append(row)
            container.missing += max(0, len(container.align) - len(row))
            container.end = self.number
        elif not line.blank:
            self.add(self.push("paragraph", self.open.index(container)), line.visible())

    def add(self, paragraph: Block, text: str) -> None:
        paragraph.lines.append(text)
        paragraph.end = self.number


def gap(blocks: list[Block]) -> bool:
    """Whether a blank line lies between any two of the blocks."""
    return any(after.start > before.end + 1 for before, after in pairwise(blocks))


def may_hold(outer: str, inner: str) -> bool:
    return outer in CONTAINERS and (outer != "list" or inner == "item")
