"""Markdown to safe HTML: pure functions, by the `markdown` package and an extension of ours."""

import html
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from frodo.markdown import code, sanitizer
from frodo.markdown.diagrams import Diagrams
from frodo.markdown.elements import frame, label_tasks, make_callouts
from frodo.markdown.extension import CommonMark, Parser
from frodo.markdown.finishing import Picture, Pictures, finish_html
from frodo.markdown.headings import Heading, anchor, toc_to_json
from frodo.markdown.math import Formula, draw, formula
from frodo.text import MARKS

LEAD = 200
"""Characters of the lead: the text's beginning as one line, without headings and code."""
MORE_MARK = '<span id="more"></span>'
NOTE_MARK = re.compile(r'<sup class="footnote-ref"[^>]*><a [^>]*>[^<]*</a></sup>')
BACK_MARK = re.compile(r' ?<a class="footnote-back"[^>]*>[^<]*</a>')
NO_PROSE = re.compile(
    r'<(h[1-6]|pre|table|figure|section)\b.*?</\1>|<(?:div|p) class="(?:code|callout)-title">.*?</(?:div|p)>', re.DOTALL
)
OWN_ID = re.compile(r'(<[a-z][a-z0-9]*(?: [^\s=>"]+="[^"]*")*?) id="[^"]*"')


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    excerpt: str
    toc: tuple[Heading, ...]
    text: str
    lead: str
    words: int


class Post(Treeprocessor):
    """Callouts, anchors and figures."""

    toc: tuple[Heading, ...] = ()

    def __init__(self, md: Markdown, language: str) -> None:
        super().__init__(md)
        self.language = language

    def run(self, root: Element) -> None:
        make_callouts(root, self.language)
        self.toc = anchor(root, cast(Parser, self.md.parser).ids)
        frame(root)
        label_tasks(root)


class Comment(Treeprocessor):
    """A heading becomes a bold line, a picture a link to it."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                bold = Element("strong")
                bold.text, bold[:] = element.text, list(element)
                element.tag, element.text, element[:] = "p", None, [bold]
            elif element.tag == "img":
                address = element.get("src", "")
                element.tag, element.text = "a", element.get("alt") or address
                element.attrib = {"href": address}


class Formulas:
    """Formulas on their way past the sanitizer: tokens out, MathML in."""

    def __init__(self) -> None:
        self.key = "x" + secrets.token_hex(12)
        self.found: list[tuple[str, bool]] = []

    def show(self, tex: str, display: bool, block: bool = False) -> Formula:
        token = f"{self.key}m{len(self.found)}e"
        self.found.append((tex, display))
        return formula(tex, token, display, block)

    def put(self, safe: str) -> str:
        """Draw them, where a token is all the text of its element."""
        return self.sub(rf"(?<=>){self.key}m(\d+)e(?=<)", safe, draw)

    def sources(self, text: str) -> str:
        return self.sub(rf"{self.key}m(\d+)e", text, lambda tex, display: tex)

    def sub(self, pattern: str, text: str, how: Callable[[str, bool], str]) -> str:
        return re.sub(pattern, lambda match: how(*self.found[int(match[1])]), text) if self.found else text


def render_post(text: str, *, pictures: Pictures | None = None, language: str = "en") -> Rendered:
    raw, more, formulas, finish, toc = convert_post(text, pictures, language)
    cleaned = sanitizer.sanitize(sanitizer.AUTHOR, raw)
    bare = BACK_MARK.sub("", NOTE_MARK.sub("", cleaned)).replace(more, "")
    plain = text_of(bare, formulas)
    return Rendered(
        html=finish(cleaned).replace(more, MORE_MARK, 1).replace(more, ""),
        excerpt=excerpt(raw, more, finish),
        toc=toc,
        text=plain,
        lead=shorten(text_of(NO_PROSE.sub("", bare), formulas) or plain, LEAD),
        words=count_words(plain),
    )


def render_fragment(text: str, *, pictures: Pictures | None = None, language: str = "en") -> tuple[str, str]:
    """HTML and plain text of one of several texts that share a page: without ids and footnotes."""
    raw, more, formulas, finish, _toc = convert_post(text, pictures, language, notes=False)
    cleaned = OWN_ID.sub(r"\1", sanitizer.sanitize(sanitizer.AUTHOR, raw)).replace(more, "")
    return finish(cleaned).strip(), text_of(cleaned, formulas)


def text_of(raw: str, formulas: Formulas) -> str:
    return squeeze(formulas.sources(html.unescape(sanitizer.sanitize(sanitizer.TEXT, raw))))


def convert_post(
    text: str, pictures: Pictures | None, language: str, *, notes: bool = True
) -> tuple[str, str, Formulas, Callable[[str], str], tuple[Heading, ...]]:
    """HTML not yet safe, the token where the mark stood, formulas on their way, what finishes clean HTML, contents."""
    formulas = Formulas()
    more = formulas.key + "more"
    diagrams = Diagrams(formulas.key, language, code.Highlighter(code.POST).block)
    md = Markdown(
        extensions=[CommonMark(math=True, notes=notes, more=more, show_math=formulas.show, show_code=diagrams.show)]
    )
    post = Post(md, language)
    md.treeprocessors.register(post, "post", 5)
    raw = sanitizer.escape_tags(md.convert(text))

    def finish(cleaned: str) -> str:
        return diagrams.put(formulas.put(finish_html(cleaned, pictures, language)))

    return raw, more, formulas, finish, post.toc


def excerpt(raw: str, more: str, finish: Callable[[str], str]) -> str:
    """What stands before the mark. Excerpts share a page, so ids and notes stay out of them."""
    before, mark, _ = raw.partition(more)
    if not mark:
        return ""
    cleaned = sanitizer.sanitize(sanitizer.AUTHOR, NOTE_MARK.sub("", before))
    return finish(OWN_ID.sub(r"\1", cleaned)).strip()


def render_comment(text: str) -> str:
    formulas = Formulas()
    md = Markdown(
        extensions=[
            CommonMark(
                html=False,
                breaks=True,
                math=True,
                tasks=False,
                tables=False,
                show_math=formulas.show,
                show_code=code.Highlighter(code.COMMENT).block,
            )
        ]
    )
    md.treeprocessors.register(Comment(md), "comment", 5)
    return formulas.put(sanitizer.sanitize(sanitizer.COMMENT, md.convert(text))).strip()


# Each Chinese or Japanese character is a word; elsewhere a word is letters and digits in a row.
WORD = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|(?:(?![\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff_])[\w" + MARKS + r"])+(?:['’.-](?=\w))?"
)


def squeeze(text: str) -> str:
    """The lines that have text, without the space around them."""
    return "\n".join(line for each in text.split("\n") if (line := each.strip()))


def shorten(text: str, length: int) -> str:
    """The beginning of a text as one line, ended by … where it goes on."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def count_words(text: str) -> int:
    """ "Don't" and "3.14" are two runs joined, and one word."""
    joined = re.sub(r"(?<=[A-Za-z0-9])['’.-](?=[A-Za-z0-9])", "", text)
    return sum(1 for _ in WORD.finditer(joined))
