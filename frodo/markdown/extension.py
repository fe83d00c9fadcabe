"""CommonMark and GitHub's additions as one extension of `markdown`; name it before other extensions.

`markdown` splits text at blank lines and applies one pattern after another. CommonMark cannot be had
that way, so the block parser and the inline step are replaced, each under its old name. What other
extensions register (block processors for paragraphs, inline patterns, tree and post processors) is
still asked; what `markdown` itself registered stays in its registries, unused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString, code_escape

from .emphasis import fill
from .footnotes import Footnotes
from .inlines import Inlines
from .math import Formula, formula
from .structure import Structure
from .tree import Builder

# What stands in for a block put aside; emphasis does not reach across it.
ASIDE = re.compile(rf"(\s*{STX}[^{ETX}]*{ETX}\s*)")


def plain_code(code: str, info: str) -> str:
    language = info.split()[0] if info.split() else ""
    name = code_escape(language).replace('"', "&quot;")
    css = f' class="language-{name}"' if language else ""
    return f"<pre><code{css}>{code_escape(code)}</code></pre>"


def source_math(tex: str, display: bool, block: bool = False) -> Formula:
    return formula(tex, code_escape(tex), display, block)


@dataclass
class Options:
    """What the extension can be told; the defaults are plain GitHub Markdown."""

    html: bool = True
    breaks: bool = False
    math: bool = False
    notes: bool = False
    tasks: bool = True
    tables: bool = True
    more: str = ""  # stands in for <!--more--> when given
    show_code: Callable[[str, str], str] = plain_code
    show_math: Callable[..., Formula] = source_math


class CommonMark(Extension):
    def __init__(self, **options):
        super().__init__()
        self.options = Options(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        own = {id(each) for each in [*md.parser.blockprocessors, *md.inlinePatterns]}
        md.preprocessors.register(CleanLines(md), "normalize_whitespace", 30)
        md.preprocessors.deregister("html_block")
        md.parser = Blocks(md, self.options, own)
        md.treeprocessors.register(InlineStep(md, self.options, own), "inline", 20)
        md.treeprocessors.deregister("prettify")
        md.registerExtension(self)
        self.md = md

    def reset(self) -> None:
        self.md.parser.footnotes = Footnotes()


class CleanLines(Preprocessor):
    """Line ends made one, and out with the characters that `markdown` uses for its placeholders."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace(STX, "").replace(ETX, "").replace("\0", "\ufffd")
        return text.encode("utf-8", "replace").decode().split("\n")


class Blocks(BlockParser):
    """The block parser other extensions meet as `md.parser`."""

    def __init__(self, md: Markdown, options: Options, own: set[int]):
        super().__init__(md)
        self.blockprocessors = md.parser.blockprocessors
        self.options, self.own = options, own
        self.footnotes = Footnotes()

    def parseDocument(self, lines: list[str]) -> ElementTree.ElementTree:
        self.root = Element(self.md.doc_tag)
        self.others = [each for each in self.blockprocessors if id(each) not in self.own]
        self.parse(self.root, lines)
        self.footnotes.append(self.root)
        return ElementTree.ElementTree(self.root)

    def parseChunk(self, parent: Element, text: str) -> None:
        self.parse(parent, text.split("\n"))

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:
        text = "\n\n".join(blocks)
        blocks.clear()
        self.parse(parent, text.split("\n"))

    def parse(self, parent: Element, lines: list[str]) -> None:
        structure = Structure(self.options)
        document = structure.read(lines)
        for label, target in structure.references.items():
            self.md.references.setdefault(label, target)
        builder = Builder(self.md, self.options, self.offer)
        builder.children(document, parent)
        self.footnotes.define(builder.notes)

    def offer(self, parent: Element, text: str) -> bool:
        """Let other extensions' processors have a paragraph; whether one of them took it."""
        for processor in self.others:
            blocks = [text]
            if processor.test(parent, text) and processor.run(parent, blocks) is not False:
                if blocks:
                    self.parseBlocks(parent, blocks)
                return True
        return False


class InlineStep(Treeprocessor):
    """The inline step, under the name and with the attribute other extensions look for."""

    def __init__(self, md: Markdown, options: Options, own: set[int]):
        super().__init__(md)
        self.options, self.own = options, own
        self.stashed_nodes: dict[str, Element | str] = {}

    def run(self, root: Element) -> None:
        patterns = [
            each for each in self.md.inlinePatterns if id(each) not in self.own and isinstance(each, InlineProcessor)
        ]
        inlines = Inlines(self.md, self.options, patterns, self.md.parser.footnotes.refer)
        for element in list(root.iter()):
            children = list(element)
            if not has_text(element.text) and not any(has_text(child.tail) for child in children):
                continue
            nodes = take(inlines, element.text)
            if nodes is not None:
                element.text = None
            else:
                nodes = []
            for child in children:
                tail = take(inlines, child.tail)
                if tail is not None:
                    child.tail = None
                nodes.append(child)
                nodes.extend(tail or ())
            element[:] = []
            fill(element, nodes)


def has_text(text: str | None) -> TypeGuard[str]:
    return text is not None and not isinstance(text, AtomicString) and bool(text.strip())


def take(inlines: Inlines, text: str | None) -> list | None:
    if not has_text(text):
        return None
    if STX not in text:
        end = len(text.rstrip("\n"))
        return [*inlines.parse(text[:end]), text[end:]]
    parts = ASIDE.split(text.rstrip("\n"))
    return [node for at, part in enumerate(parts) for node in ([part] if at % 2 else inlines.parse(part))]
