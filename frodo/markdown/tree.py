"""Blocks become elements. Text stays raw here: the inline step comes later, as in `markdown` itself."""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown

from .block import Block
from .markup import MORE

TASK = re.compile(r"\[([ xX])\][ \t\n]+(?=\S)")


class Builder:
    """Puts blocks below an element; `foreign` offers a paragraph to other extensions' processors first."""

    def __init__(self, md: Markdown, options, foreign: Callable[[Element, str], bool]):
        self.md, self.options, self.foreign = md, options, foreign
        self.notes: dict[str, Element] = {}

    def children(self, block: Block, parent: Element, tight: bool = False) -> None:
        for child in block.children:
            if tight and child.kind == "paragraph":
                self.tight_text(child, parent)
            else:
                BUILD[child.kind](self, child, parent)

    def add(self, parent: Element, tag: str, text: str | None = None) -> Element:
        element = SubElement(parent, tag)
        element.text = text
        element.tail = "\n"
        return element

    def put(self, parent: Element, text: str) -> None:
        """Text after what the parent holds, beyond the inline step unless it asks for it."""
        if len(parent):
            last = parent[-1]
            last.tail = (last.tail or "") + text
        else:
            parent.text = (parent.text or "") + text

    def paragraph(self, block: Block, parent: Element) -> None:
        text = "\n".join(block.lines).rstrip(" \t\n")
        if text and not self.foreign(parent, text):
            self.add(parent, "p", text)

    def tight_text(self, block: Block, parent: Element) -> None:
        text = "\n".join(block.lines).rstrip(" \t\n")
        if text and not self.foreign(parent, text):
            self.put(parent, text + "\n")

    def heading(self, block: Block, parent: Element) -> None:
        self.add(parent, f"h{block.level}", "\n".join(block.lines))

    def rule(self, block: Block, parent: Element) -> None:
        self.add(parent, "hr")

    def quote(self, block: Block, parent: Element) -> None:
        element = self.add(parent, "blockquote", "\n")
        self.children(block, element)

    def items(self, block: Block, parent: Element) -> None:
        element = self.add(parent, "ol" if block.ordered else "ul", "\n")
        if block.ordered and block.start_number != 1:
            element.set("start", str(block.start_number))
        for item in block.children:
            li = self.add(element, "li")
            if self.options.tasks:
                self.task(item, li)
            self.children(item, li, block.tight)

    def task(self, item: Block, li: Element) -> None:
        first = item.children[0] if item.children else None
        if first is None or first.kind != "paragraph":
            return
        match = TASK.match("\n".join(first.lines))
        if not match:
            return
        first.lines[0] = first.lines[0][3:].lstrip()
        li.set("class", "task")
        box = SubElement(li, "input", {"type": "checkbox", "disabled": "disabled"})
        if match[1] != " ":
            box.set("checked", "checked")
        box.tail = " "

    def code(self, block: Block, parent: Element) -> None:
        lines = block.lines
        while lines and not lines[-1].strip(" \t"):
            lines.pop()
        while lines and not lines[0].strip(" \t"):
            lines.pop(0)
        self.show_code("\n".join(lines) + "\n", "", parent)

    def fence(self, block: Block, parent: Element) -> None:
        self.show_code("".join(line + "\n" for line in block.lines), block.info, parent)

    def show_code(self, code: str, info: str, parent: Element) -> None:
        self.html_text(self.options.show_code(code, info), parent)

    def html(self, block: Block, parent: Element) -> None:
        html = "\n".join(block.lines)
        if self.options.more and MORE.match(html):
            html = MORE.sub(self.options.more, html, count=1)
        self.html_text(html, parent)

    def html_text(self, html: str, parent: Element) -> None:
        self.put(parent, self.md.htmlStash.store(html) + "\n")

    def math(self, block: Block, parent: Element) -> None:
        tex = "\n".join(block.lines).strip()
        element = self.options.show_math(tex, True, True)
        element.tail = "\n"
        parent.append(element)

    def table(self, block: Block, parent: Element) -> None:
        table = self.add(parent, "table", "\n")
        head = self.add(table, "thead", "\n")
        self.row(block.rows[0], block.align, head, "th")
        if len(block.rows) > 1:
            body = self.add(table, "tbody", "\n")
            for row in block.rows[1:]:
                self.row(row, block.align, body, "td")

    def row(self, cells: list[str], align: list[str], parent: Element, tag: str) -> None:
        row = self.add(parent, "tr", "\n")
        for at, side in enumerate(align):
            cell = self.add(row, tag, cells[at] if at < len(cells) else None)
            if side:
                cell.set("align", side)

    def note(self, block: Block, parent: Element) -> None:
        item = Element("li")
        self.children(block, item)
        self.notes.setdefault(block.info, item)


BUILD = {
    "paragraph": Builder.paragraph,
    "heading": Builder.heading,
    "rule": Builder.rule,
    "quote": Builder.quote,
    "list": Builder.items,
    "code": Builder.code,
    "fence": Builder.fence,
    "html": Builder.html,
    "math": Builder.math,
    "table": Builder.table,
    "note": Builder.note,
}
