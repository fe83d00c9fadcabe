"""Tokens of markdown-it-py become elements of `markdown`."""

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from frodo.markdown.cjk import joins_lines
from frodo.markdown.headings import slug, unused

if TYPE_CHECKING:
    from frodo.markdown.extension import Options

DEEPEST = 100
"""Elements inside one another; marks of emphasis beyond stay text."""
MORE = re.compile(r"<!--\s*more\s*-->")
HTML_ID = re.compile(r"""\sid\s*=\s*["']?([^\s"'>]+)""", re.IGNORECASE)
CONTAINERS = frozenset(("blockquote", "ul", "ol", "table", "thead", "tbody", "tr", "dl"))
TAGS = {"s": "del"}
BACK = "↩"


class TreeBuilder:
    """Puts tokens below an element. `ids` are those that the author's HTML and the notes have."""

    def __init__(self, md: Markdown, options: "Options", root: Element) -> None:
        self.md, self.options = md, options
        self.stack = [root]
        self.too_deep = 0
        self.ids: dict[str, int] = {}
        self.note_names: dict[int, str] = {}

    def build(self, tokens: list[Token]) -> None:
        for at, token in enumerate(tokens):
            if token.type == "inline":
                self.inline(token.children or [])
            elif handler := HANDLERS.get(token.type):
                handler(self, token)
            elif token.hidden:
                if token.nesting < 0 and tokens[at + 1].type not in ("list_item_close", "dd_close"):
                    self.write("\n")
            elif token.nesting > 0:
                self.open(token)
            elif token.nesting < 0:
                self.stack.pop()
            else:
                self.add(token.tag)

    def inline(self, tokens: list[Token]) -> None:
        for at, token in enumerate(tokens):
            if token.type == "text":
                self.write(token.content)
            elif token.type == "softbreak":
                self.line_end(tokens, at)
            elif handler := HANDLERS.get(token.type):
                handler(self, token)
            elif token.nesting > 0:
                self.open_inline(token)
            elif token.nesting < 0:
                if self.too_deep:
                    self.too_deep -= 1
                    self.write(token.markup)
                else:
                    self.stack.pop()

    # Elements

    def write(self, text: str) -> None:
        parent = self.stack[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text

    def add(self, tag: str, attributes: dict[str, str] | None = None, text: str | None = None) -> Element:
        """A block, on a line of its own."""
        parent = self.stack[-1]
        last = parent[-1].tail if len(parent) else parent.text
        if parent.tag in ("li", "dd") and last and not last.endswith("\n"):
            self.write("\n")
        element = SubElement(parent, tag, attributes or {})
        element.text, element.tail = text, "\n"
        return element

    def open(self, token: Token) -> None:
        attributes = {name: str(value) for name, value in token.attrs.items()}
        if style := attributes.pop("style", ""):
            attributes["align"] = style.removeprefix("text-align:")
        if token.type in ("bullet_list_open", "ordered_list_open", "list_item_open"):
            attributes.pop("class", None)
        element = self.add(token.tag, attributes, "\n" if token.tag in CONTAINERS else None)
        self.stack.append(element)
        if "checked" in token.meta:
            element.set("class", "task")
            checked = {"checked": "checked"} if token.meta["checked"] else {}
            SubElement(element, "input", {**checked, "disabled": "disabled", "type": "checkbox"}).tail = " "

    def open_inline(self, token: Token) -> None:
        if len(self.stack) >= DEEPEST:
            self.too_deep += 1
            self.write(token.markup)
            return
        attributes = {name: str(value) for name, value in token.attrs.items()}
        self.stack.append(SubElement(self.stack[-1], TAGS.get(token.tag, token.tag), attributes))

    # Inline

    def line_end(self, tokens: list[Token], at: int) -> None:
        if self.options.breaks:
            self.hardbreak(tokens[at])
            return
        left, right = nearest_text(tokens, at, -1)[-1:], nearest_text(tokens, at, 1)[:1]
        if not (left and right and joins_lines(left, right)):
            self.write("\n")

    def hardbreak(self, token: Token) -> None:
        SubElement(self.stack[-1], "br").tail = "\n"

    def code_inline(self, token: Token) -> None:
        SubElement(self.stack[-1], "code").text = AtomicString(token.content)

    def image(self, token: Token) -> None:
        attributes = {name: str(value) for name, value in token.attrs.items() if name != "alt"}
        SubElement(self.stack[-1], "img", {"alt": plain_text(token.children or []), **attributes})

    def html_inline(self, token: Token) -> None:
        self.note_ids(token.content)
        more = self.options.more and MORE.fullmatch(token.content)
        self.write(self.md.htmlStash.store(self.options.more if more else token.content))

    def note_ids(self, html: str) -> None:
        for name in HTML_ID.findall(html):
            self.ids[name] = 1

    def math_inline(self, token: Token) -> None:
        self.stack[-1].append(self.options.show_math(token.content, token.meta["display"], False))

    def footnote_ref(self, token: Token) -> None:
        link = SubElement(
            SubElement(self.stack[-1], "sup", {"class": "footnote-ref", "id": self.reference_id(token)}),
            "a",
            {"href": "#fn-" + self.note_name(token)},
        )
        link.text = str(token.meta["id"] + 1)

    # Blocks

    def code(self, token: Token) -> None:
        content = token.content if not token.content or token.content.endswith("\n") else token.content + "\n"
        self.html_text(self.options.show_code(content, unescapeAll(token.info).strip()))

    def html_block(self, token: Token) -> None:
        html = token.content.rstrip("\n")
        self.note_ids(html)
        if self.options.more and MORE.match(html):
            html = MORE.sub(self.options.more, html, count=1)
        self.html_text(html)

    def html_text(self, html: str) -> None:
        self.write(self.md.htmlStash.store(html) + "\n")

    def math_block(self, token: Token) -> None:
        formula = self.options.show_math(token.content, True, True)
        formula.tail = "\n"
        self.stack[-1].append(formula)

    # Footnotes

    def note_name(self, token: Token) -> str:
        number = token.meta["id"]
        if number not in self.note_names:
            self.note_names[number] = unused("fn-" + slug(token.meta["label"]), self.ids).removeprefix("fn-")
        return self.note_names[number]

    def reference_id(self, token: Token) -> str:
        nth = token.meta["subId"] + 1
        return f"fnref-{self.note_name(token)}" + (f"-{nth}" if nth > 1 else "")

    def notes_open(self, token: Token) -> None:
        section = self.add("section", {"class": "footnotes"}, "\n")
        self.stack.append(section)
        self.stack.append(self.add("ol", text="\n"))

    def notes_close(self, token: Token) -> None:
        del self.stack[-2:]

    def note_open(self, token: Token) -> None:
        self.stack.append(self.add("li", {"id": "fn-" + self.note_name(token)}))

    def note_close(self, token: Token) -> None:
        self.stack.pop()

    def note_anchor(self, token: Token) -> None:
        self.write(" ")
        link = SubElement(self.stack[-1], "a", {"class": "footnote-back", "href": "#" + self.reference_id(token)})
        link.text = BACK


HANDLERS = {
    "hardbreak": TreeBuilder.hardbreak,
    "code_inline": TreeBuilder.code_inline,
    "image": TreeBuilder.image,
    "html_inline": TreeBuilder.html_inline,
    "math_inline": TreeBuilder.math_inline,
    "footnote_ref": TreeBuilder.footnote_ref,
    "fence": TreeBuilder.code,
    "code_block": TreeBuilder.code,
    "html_block": TreeBuilder.html_block,
    "math_block": TreeBuilder.math_block,
    "footnote_block_open": TreeBuilder.notes_open,
    "footnote_block_close": TreeBuilder.notes_close,
    "footnote_open": TreeBuilder.note_open,
    "footnote_close": TreeBuilder.note_close,
    "footnote_anchor": TreeBuilder.note_anchor,
}


def nearest_text(tokens: list[Token], at: int, step: int) -> str:
    """The text before or after a token, through marks of emphasis and links."""
    at += step
    while 0 <= at < len(tokens) and not tokens[at].content and (tokens[at].nesting or tokens[at].type == "text"):
        at += step
    return tokens[at].content if 0 <= at < len(tokens) and tokens[at].type == "text" else ""


def plain_text(tokens: list[Token]) -> str:
    """What a picture's description shows."""
    return "".join(
        plain_text(token.children or [])
        if token.type == "image"
        else "\n"
        if token.type in ("softbreak", "hardbreak")
        else ""
        if token.type in ("html_inline", "footnote_ref")
        else token.content
        for token in tokens
    )
