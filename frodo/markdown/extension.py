"""CommonMark and GitHub's additions as one extension of `markdown`; name it before other extensions.

`markdown` splits text at blank lines and applies one pattern after another; CommonMark cannot be had that way. So
markdown-it-py reads the text, and its tokens become the element tree of `markdown`. Other extensions take part by their
preprocessors, tree processors and postprocessors. Grammar is added as plugins of markdown-it-py, in `grammar.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX, code_escape

from frodo.markdown.grammar import grammar
from frodo.markdown.math import Formula, formula
from frodo.markdown.tree import TreeBuilder


def plain_code(code: str, info: str) -> str:
    language = info.split()[0] if info.split() else ""
    name = code_escape(language).replace('"', "&quot;")
    css = f' class="language-{name}"' if language else ""
    return f"<pre><code{css}>{code_escape(code)}</code></pre>"


def source_math(tex: str, display: bool, block: bool = False) -> Formula:
    return formula(tex, tex, display, block)


@dataclass
class Options:
    """What the extension can be told; the defaults are plain GitHub Markdown."""

    html: bool = True
    breaks: bool = False
    math: bool = False
    notes: bool = False  # footnotes, definition lists and attributes of headings
    tasks: bool = True
    tables: bool = True
    more: str = ""  # stands in for <!--more--> when given
    show_code: Callable[[str, str], str] = plain_code
    show_math: Callable[..., Formula] = source_math


class CommonMark(Extension):
    def __init__(self, **options: Any):
        super().__init__()
        self.options = Options(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(CleanLines(md), "normalize_whitespace", 30)
        md.preprocessors.deregister("html_block")
        md.parser = Parser(md, self.options)
        md.treeprocessors.deregister("inline")
        md.treeprocessors.deregister("prettify")
        # The serializer of `markdown` leaves alone what looks like an entity; there are none left in our tree.
        md.output_formats = dict.fromkeys(md.output_formats, to_html)  # type: ignore[misc]  # one instance's own


def to_html(element: Element) -> str:
    return ElementTree.tostring(element, encoding="unicode", method="html")


class CleanLines(Preprocessor):
    """Line ends made one, and out with the characters that `markdown` uses for its placeholders."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace(STX, "").replace(ETX, "").replace("\0", "\ufffd")
        return text.encode("utf-8", "replace").decode().split("\n")


class Parser(BlockParser):
    """What other extensions meet as `md.parser`. `ids` are those of the last document's own HTML and notes."""

    def __init__(self, md: Markdown, options: Options):
        super().__init__(md)
        self.blockprocessors = md.parser.blockprocessors
        self.options = options
        self.ids: dict[str, int] = {}

    def parseDocument(self, lines: Iterable[str]) -> ElementTree.ElementTree:
        self.root = Element(self.md.doc_tag)
        options = self.options
        parser = grammar(
            html=options.html, notes=options.notes, tasks=options.tasks, tables=options.tables, has_math=options.math
        )
        builder = TreeBuilder(self.md, options, self.root)
        builder.build(parser.parse("\n".join(lines).rstrip("\n") + "\n"))
        self.ids = builder.ids
        return ElementTree.ElementTree(self.root)
