"""HTML of another system to Markdown, where Markdown says the same; what it cannot say stays HTML.

Each block is converted by markdownify and rendered again. If the result differs from the original in anything that this
site shows (frodo.markdown.sanitizer says what), the block is kept as HTML.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import cast
from urllib.parse import unquote

from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from bs4.exceptions import ParserRejectedMarkup
from markdownify import BACKSLASH, MarkdownConverter

from blog.importers.markup import without_empty_lines
from blog.importers.markup.snippets import destination, titled
from frodo.markdown import render_post
from frodo.markdown import sanitizer as clean
from frodo.markdown.finishing import finish_html

MORE = "<!--more-->"
BLOCKS = frozenset(
    "address article aside blockquote center details dialog dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr iframe li main nav ol p pre section table ul div".split()
)
WRAPPERS = ("div", "section", "article", "main", "header", "footer", "aside", "nav", "center", "body", "html")
"""Mean nothing by themselves."""
INLINE_HTML = "sub sup u ins kbd mark small abbr cite q var samp dfn ruby rt".split()
"""What Markdown has no sign for, and takes as HTML within a sentence."""
DROPPED = ("script", "style", "noscript", "link", "meta", "template", "head", "title")
"""Never shown; scripts and forms of another site cannot work here."""
FRAMES = ("iframe", "embed", "object")
LANGUAGE = re.compile(r"(?:lang(?:uage)?-|brush:\s*)([\w+#-]+)")
NOSCRIPT = re.compile(r"<noscript\b[^>]*>[^<]{0,2000}(?:<(?!/noscript)[^<]{0,2000}){0,50}</noscript>", re.IGNORECASE)
"""What lazy images show where there are no scripts; the image itself stands beside it."""
NAME = re.compile(r"<([a-z][a-z0-9]*)")
TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
VOID = clean.NO_DEPTH - {"p", "li", "td", "th", "tr", "dd", "dt"}
DEEPEST = 200
"""Elements inside one another; deeper text is kept as it is."""


class Converter(MarkdownConverter):
    class Options(MarkdownConverter.DefaultOptions):  # type: ignore[name-defined]  # absent from the stubs
        heading_style = "atx"
        bullets = "-"
        newline_style = BACKSLASH
        autolinks = True

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Only what this site's Markdown would read as markup; the comparison afterwards finds what this misses."""
        text = re.sub(
            r"([\\`*$])|(?<=\])\(|(?<![^\W_])_|_(?![^\W_])|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)", r"\\\g<0>", text
        )
        text = re.sub(r"(?m)^(\s*)(#{1,6}(?=\s)|>|[+-](?=\s|$)|=+$|-{2,}$|~~~)", r"\1\\\2", text)
        text = re.sub(r"(?m)^(\s*\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
        return text.replace("|", "\\|") if {"td", "th"} & parent_tags else text

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        url, label = str(el.get("href", "")), text.strip()
        if not url or not label:
            return text
        if label == url and url.startswith(("http://", "https://")) and not el.get("title"):
            return f"<{url}>"
        before, after = " " * text.startswith(" "), " " * text.endswith(" ")
        return f"{before}[{label}]({destination(url)}{titled(str(el.get('title') or ''))}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        source = str(el.get("src", ""))
        if "is-resized" in class_of(el) and (el.get("width") or el.get("height")):
            return str(el)
        return image(source, str(el.get("alt") or ""), str(el.get("title") or "")) if source else ""

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """An image with a caption in plain words: its title is shown as its caption."""
        picture, caption = el.find("img"), el.find("figcaption")
        if picture is None or caption is None:
            return f"\n\n{text.strip()}\n\n"
        line = image(str(picture.get("src", "")), str(picture.get("alt") or ""), caption.get_text(" ", strip=True))
        link = picture.find_parent("a")
        return f"\n\n[{line}]({destination(str(link.get('href', '')))})\n\n" if link else f"\n\n{line}\n\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        for line_break in el.find_all("br"):
            line_break.replace_with("\n")
        code = el.get_text()
        mark = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`{3,}", code)), 3)
        return f"\n\n{mark}{language_of(el)}\n{code.strip(chr(10))}\n{mark}\n\n"

    def inline_html(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"<{el.name}{attributes_of(el)}>{text}</{el.name}>"


for name in INLINE_HTML:
    setattr(Converter, f"convert_{name}", Converter.inline_html)


class CommentConverter(Converter):
    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A newline breaks the line in a comment."""
        return "\n"


converter = Converter()
comment_converter = CommentConverter()


def image(source: str, alt: str, title: str) -> str:
    label = re.sub(r"([\\`*_$<&\[\]])", r"\\\1", " ".join(alt.split()))
    return f"![{label}]({destination(source)}{titled(title)})"


def class_of(el: Tag) -> list[str]:
    """Of the element and what is around it: Gutenberg says it of an image's figure."""
    return [*(el.get("class") or []), *((el.parent.get("class") or []) if el.parent else [])]


def language_of(pre: Tag) -> str:
    code = pre.find("code")
    for el in (pre, code):
        match = el is not None and LANGUAGE.search(" ".join(el.get("class") or []))
        if match:
            return match[1].lower()
    return ""


def attributes_of(el: Tag) -> str:
    kept = {name: el[name] for name in ("title", "lang", "dir", "cite", "datetime") if el.get(name)}
    return "".join(f' {name}="{html.escape(str(value))}"' for name, value in kept.items())


def parsed(raw: str) -> BeautifulSoup:
    """Beautiful Soup warns of a single line without an element, which it takes for a URL or the name of a file."""
    return BeautifulSoup(raw.replace("\x00", "") + "\n", "html.parser")


def convert(raw: str, left: Counter | None = None) -> str:
    """Markdown of an HTML text. `left` counts by name the elements that cannot be shown here."""
    if is_deep(raw):
        return html_block(raw)
    try:
        soup = parsed(NOSCRIPT.sub("", raw))
        normalize_soup(soup, Counter() if left is None else left)
        return to_markdown([block for block in blocks_of(soup) if block == MORE or shown(block)])
    except (ParserRejectedMarkup, RecursionError):
        return html_block(raw)


def convert_comment(raw: str) -> str:
    """Markdown of a comment's HTML, with as much of it as a comment here may hold; an image becomes a link to it."""
    if is_deep(raw):
        return clean.sanitize(clean.TEXT, clean.escape_tags(raw)).strip()
    try:
        soup = parsed(raw)
        for el in soup.find_all([*DROPPED, *FRAMES, *clean.RAW_TEXT]):
            el.decompose()
        for picture in soup.find_all("img"):
            source = str(picture.get("src") or "")
            link = soup.new_tag("a", href=source)
            link.string = str(picture.get("alt") or source)
            picture.replace_with(link if source.startswith(("http://", "https://")) else str(link.string))
        return comment_converter.convert(clean.sanitize(clean.COMMENT, str(soup))).strip()
    except (ParserRejectedMarkup, RecursionError):
        return clean.sanitize(clean.TEXT, clean.escape_tags(raw)).strip()


def is_deep(raw: str) -> bool:
    """Whether elements stand deeper in one another than a parser takes without its time growing with the square."""
    depth = 0
    for closing, name in TAG_NAME.findall(raw):
        if name.lower() not in VOID:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > DEEPEST:
                return True
    return False


def normalize_soup(soup: BeautifulSoup, left: Counter) -> None:
    """Take away what is never shown or means nothing here, so that less must stay HTML."""
    for el in soup.find_all(DROPPED):
        if el.name == "script":
            left["<script>"] += 1
        el.decompose()
    for picture in soup.find_all("img"):
        lazy = picture.get("data-src") or picture.get("data-lazy-src") or picture.get("data-original")
        if lazy and str(picture.get("src") or "data:").startswith("data:"):
            picture["src"] = lazy
    for frame in soup.find_all(FRAMES):
        replace_frame(soup, frame, left)
    for form in soup.find_all(["form", "button", "select", "textarea", "input"]):
        if form.name != "input" or form.get("type") != "checkbox":
            left[f"<{form.name}>"] += 1
            form.unwrap()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        if comment.strip().lower() != "more":
            comment.extract()
    wanted = {str(link["href"])[1:] for link in soup.find_all("a", href=re.compile("^#."))}
    for el in soup.find_all(True):
        for name in ("class", "id", "srcset", "sizes", "loading", "decoding"):
            if name == "class" and el.name in ("img", "pre", "code", "figure"):
                continue
            if name in el.attrs and not (name == "id" and el["id"] in wanted):
                del el[name]
    for picture in soup.find_all("img", title=True):
        caption = figure.find("figcaption") if (figure := picture.find_parent("figure")) else None
        if picture["title"] in (picture.get("alt"), caption and caption.get_text(" ", strip=True)):
            del picture["title"]
    for quote in soup.find_all("blockquote"):
        if not any(isinstance(child, Tag) and child.name in BLOCKS for child in quote.children):
            paragraph = soup.new_tag("p")
            for child in list(quote.children):
                paragraph.append(child.extract())
            quote.append(paragraph)
    for figure in soup.find_all("figure"):
        if figure.find("img") and not figure.find(["figcaption", "figure", "video", "table"]):
            figure.name = "p"
    for el in reversed(soup.find_all([*WRAPPERS, "span", "font"])):
        unwrap(el)


def unwrap(el: Tag) -> None:
    if el.name == "center" or any(name in el.attrs for name in ("align", "id", "lang", "dir", "title")):
        return
    if el.name in WRAPPERS and not any(isinstance(child, Tag) and child.name in BLOCKS for child in el.children):
        el.name, el.attrs = "p", {}
    else:
        el.unwrap()


def replace_frame(soup: BeautifulSoup, frame: Tag, left: Counter) -> None:
    """A player that this site can show stays; any other becomes a link to what it showed."""
    source = str(frame.get("src") or frame.get("data") or "")
    if frame.name == "iframe" and clean.player(source):
        return
    left[f"<{frame.name}>"] += 1
    if not source.startswith(("http://", "https://", "//")):
        frame.decompose()
        return
    url = f"https:{source}" if source.startswith("//") else source
    link = soup.new_tag("a", href=url)
    link.string = str(frame.get("title") or url)
    frame.replace_with(link)


def blocks_of(soup: Tag) -> Iterator[str]:
    """Each block of the text as HTML, and MORE; text between blocks is a paragraph."""
    line: list = []
    for node in [*soup.children, None]:
        is_more = isinstance(node, Comment)
        is_block = node is None or is_more or (isinstance(node, Tag) and node.name in BLOCKS)
        if not is_block:
            line.append(node)
            continue
        if any(str(part).strip() for part in line):
            yield "<p>" + "".join(map(as_html, line)).strip() + "</p>"
        line = []
        if is_more:
            yield MORE
        elif node is not None:
            yield as_html(cast(Tag | NavigableString, node))


def as_html(node: Tag | NavigableString) -> str:
    return str(node) if isinstance(node, Tag) else html.escape(str(node), quote=False)


def shown(block: str) -> str:
    """With levels of headings and empty headers of tables changed as in rendered Markdown."""
    return canonical(finish_html(clean.sanitize(clean.AUTHOR, block), None))


def to_markdown(blocks: list[str]) -> str:
    """Markdown of all blocks where it says the same; else of each half, down to the block that must stay HTML."""
    if not blocks:
        return ""
    text = joined([(block, MORE if block == MORE else converter.convert(block).strip("\n")) for block in blocks])
    if blocks == [MORE] or canonical(HEADING_ID.sub(r"\1", render_post(text).html)) == shown("".join(blocks)):
        return text
    if len(blocks) == 1:
        return html_block(clean.sanitize(clean.AUTHOR, blocks[0]))
    half = len(blocks) // 2
    return joined(
        [(blocks[0], to_markdown(blocks[:half])), (blocks[half], to_markdown(blocks[half:]))], blocks[half - 1]
    )


def joined(pairs: list[tuple[str, str]], last: str = "") -> str:
    """Texts with the blocks they begin with, and in between what keeps two lists from becoming one.

    `last` is the block with which the first text ends, if it has several.
    """
    out: list[str] = []
    before = ""
    for block, text in pairs:
        name = NAME.match(block)
        if before and name and name[1] == before and before in ("ul", "ol", "dl", "blockquote"):
            out.append("<!-- -->")
        out.append(text)
        end = NAME.match(last or block)
        before, last = end[1] if end else "", ""
    return "\n\n".join(filter(None, out))


def html_block(raw: str) -> str:
    body = without_empty_lines(raw)
    begins = re.match(r"<([a-z][a-z0-9]*)\b", body)
    return body if begins and begins[1] in BLOCKS else f"<div>\n{body}\n</div>"


TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s=>"]+="[^"]*")*)>|<!--.*?-->|([^<]+)', re.DOTALL)
ATTRIBUTE = re.compile(r' ([^\s=>"]+)="([^"]*)"')
SAME = {"b": "strong", "i": "em", "s": "del", "strike": "del", "tt": "code"}
SHOWN = {"href", "src", "alt", "title", "align", "start", "colspan", "rowspan", "cite", "datetime", "poster", "id"}
"""Attributes that make a difference to a reader; `id` only where a link leads to it (see `tidy`)."""
BOUNDARY = re.compile(r"\s*(\x01[^\x02]*\x02)\s*")
AUTOLINK = re.compile(r'\x03a href="(?:mailto:|https?://)?([^"]*)"\x04((?:https?://)?\1)\x03/a\x04')
"""A URL that links to itself, which Markdown makes of the bare URL."""
INNER_SPACE = re.compile(r" ?(\x03[^/\x04][^\x04]*\x04) | (\x03/[^\x04]*\x04) ?")
HEADING_ID = re.compile(r'(<h[1-6]\b[^>]*?) id="[^"]*"')
"""Of a rendered heading; every one has one."""


def canonical(safe: str) -> str:
    """What a reader sees of sanitised HTML, in one spelling: `<b>` is `<strong>`, and a newline a space."""
    out: list[str] = []
    in_code = 0
    for closing, name, attributes, text in TOKEN.findall(safe):
        if name == "pre":
            in_code = 0 if closing else 1
            out.append("\x01pre\x02" if not closing else "\x01/pre\x02")
        elif in_code:
            out.append(html.unescape(text).replace("\n", "\x05"))
        elif not name:
            out.append(re.sub(r"[ \t\r\n]+", " ", html.unescape(text)))
        elif (name in (*WRAPPERS, "span", "tbody") and name != "center") and ' align="' not in attributes:
            out.append("\x01\x02" if name in WRAPPERS else "")
        else:
            out.append(mark(closing, SAME.get(name, name), attributes))
    text = AUTOLINK.sub(r"\2", "".join(out))
    while (moved := INNER_SPACE.sub(spaces_outside, text)) != text:
        text = moved
    text = BOUNDARY.sub(r"\1", text)
    text = re.sub(r"\x01/?\x02|\x01p\x02\x01/p\x02", "", text)
    return re.sub(r"\x05*(\x01/pre\x02)", r"\1", re.sub(r"(\x01pre\x02)\x05*", r"\1", text)).strip()


def spaces_outside(match: re.Match) -> str:
    """A space at the edge of `<em>` or a link shows the same inside and outside."""
    return f" {match[1]}" if match[1] else f"{match[2]} "


def mark(closing: str, name: str, attributes: str) -> str:
    kept = [(key, unquote(html.unescape(value))) for key, value in ATTRIBUTE.findall(attributes) if key in SHOWN]
    shown = "".join(f' {key}="{value}"' for key, value in sorted(kept) if value or key == "href")
    is_block = name in BLOCKS or name in ("br", "td", "th", "tr", "thead", "dt", "dd", "summary")
    return f"\x01{closing}{name}{shown}\x02" if is_block else f"\x03{closing}{name}{shown}\x04"
