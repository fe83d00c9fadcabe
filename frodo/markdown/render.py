"""Posts and comments: the extension put to use, and its output made safe."""

import html
import re
import secrets
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from . import clean, code
from .dress import Pictures, dress
from .extension import CommonMark
from .figures import frame
from .headings import Heading, anchor
from .math import Formula, draw, formula
from .plain import count_words, shorten, squeeze

LEAD = 200
"""Characters of the lead: the text's beginning as one line, without headings and code."""
LONGEST_CODE = 60_000
LONGEST_COMMENT_CODE = 4_000
MORE_MARK = '<span id="more"></span>'
NOTE_MARK = re.compile(r'<sup class="footnote-ref"[^>]*><a [^>]*>[^<]*</a></sup>')
BACK_MARK = re.compile(r' ?<a class="footnote-back"[^>]*>[^<]*</a>')
NO_PROSE = re.compile(r"<(h[1-6]|pre|table|figure|section)\b.*?</\1>", re.DOTALL)
OWN_ID = re.compile(r'(<[a-z][a-z0-9]*(?: [^\s=>"]+="[^"]*")*?) id="[^"]*"')


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    excerpt: str
    toc: tuple[Heading, ...]
    text: str
    lead: str
    words: int
    has_math: bool


class Post(Treeprocessor):
    """After the inline step: footnotes in order, anchors, figures."""

    toc: tuple[Heading, ...] = ()

    def run(self, root: Element) -> None:
        self.md.parser.footnotes.finish()
        self.toc = anchor(root)
        frame(root)


class Comment(Treeprocessor):
    """After the inline step: a heading becomes a bold line, a picture a link to it."""

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

    def __init__(self):
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

    def sub(self, pattern: str, text: str, how) -> str:
        return re.sub(pattern, lambda match: how(*self.found[int(match[1])]), text) if self.found else text


def render_post(text: str, *, pictures: Pictures | None = None) -> Rendered:
    raw, more, formulas, toc = convert_post(text, html=True)
    if clean.is_too_deep(raw):
        raw, more, formulas, toc = convert_post(text, html=False)
    cleaned = clean.AUTHOR.clean(raw)
    bare = BACK_MARK.sub("", NOTE_MARK.sub("", raw)).replace(more, "")
    plain = text_of(bare, formulas)
    return Rendered(
        html=finished(cleaned, formulas, pictures).replace(more, MORE_MARK, 1).replace(more, ""),
        excerpt=excerpt(raw, more, formulas, pictures),
        toc=toc,
        text=plain,
        lead=shorten(text_of(NO_PROSE.sub("", bare), formulas) or plain, LEAD),
        words=count_words(plain),
        has_math=bool(formulas.found),
    )


def text_of(raw: str, formulas: Formulas) -> str:
    return squeeze(formulas.sources(html.unescape(clean.TEXT.clean(raw))))


def convert_post(text: str, html: bool) -> tuple[str, str, Formulas, tuple[Heading, ...]]:
    """HTML not yet safe, the token where the mark stood, formulas on their way, the contents."""
    formulas = Formulas()
    more = formulas.key + "more"
    md = Markdown(
        extensions=[
            CommonMark(
                html=html,
                math=True,
                notes=True,
                more=more,
                show_math=formulas.show,
                show_code=lambda source, info: code.block(source, info, LONGEST_CODE),
            )
        ]
    )
    post = Post(md)
    md.treeprocessors.register(post, "post", 5)
    raw = md.convert(text)
    return raw, more, formulas, post.toc


def finished(cleaned: str, formulas: Formulas, pictures: Pictures | None) -> str:
    return formulas.put(dress(cleaned, pictures))


def excerpt(raw: str, more: str, formulas: Formulas, pictures: Pictures | None) -> str:
    """What stands before the mark. Excerpts share a page, so ids and notes stay out of them."""
    before, mark, _ = raw.partition(more)
    if not mark:
        return ""
    cleaned = clean.AUTHOR.clean(NOTE_MARK.sub("", before))
    return finished(OWN_ID.sub(r"\1", cleaned), formulas, pictures).strip()


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
                show_code=lambda source, info: code.block(source, info, LONGEST_COMMENT_CODE),
            )
        ]
    )
    md.treeprocessors.register(Comment(md), "comment", 5)
    return formulas.put(clean.COMMENT.clean(md.convert(text))).strip()
