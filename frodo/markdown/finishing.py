"""Changes to sanitised HTML: sizes and variants of images, `rel` of links, players that load on a click, levels of
headings."""

import html
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from frodo.embeds import NAMES, page_of
from frodo.markdown.sanitizer import TAG, opening, parts


class Picture(NamedTuple):
    """What is known of a picture that a text shows."""

    width: int
    height: int
    src: str = ""
    """Where it lies now, if not where the text says."""
    sources: tuple[tuple[str, str], ...] = ()
    """Smaller copies: MIME type and `srcset`, those to be preferred first."""


Pictures = Callable[[str], Picture | None]
"""Called with the address as the text has it; None for what is not ours."""
SIZES = "(max-width: 45rem) 100vw, 40.5rem"
"""How wide a picture is shown at most: the column of text."""
WIDEST = 648
"""The same in pixels: what is narrower is shown as wide as it is."""
EXTERNAL = re.compile(r"(?:https?:)?//", re.IGNORECASE)
HEADING = re.compile(r"<(/?)h([1-6])\b")
EMPTY_HEADER = re.compile(r"<th((?: [^\s=>\"]+=\"[^\"]*\")*)></th>")
UNNAMED = re.compile(r'<a((?: [^\s=>"]+="[^"]*")*)>((?:\s|<(?:img|source|/?picture)(?: [^\s=>"]+="[^"]*")*>)*)</a>')
"""A link with images, or nothing, instead of words."""
FRAME = re.compile(r'<iframe((?: [^\s=>"]+="[^"]*")*)>[^<]*</iframe>')
VIDEO = {
    "en": ("Video", "From {}. It loads when you press play."),
    "zh": ("视频", "来自 {}，点击播放后才会加载。"),
}
"""By the language of the text: a player's name where it has none, and what stands below it."""


def finish_html(clean: str, pictures: Pictures | None, language: str = "en") -> str:
    within = False
    """The author's own `<picture>`."""

    def change(match: re.Match[str]) -> str:
        nonlocal within
        tag, attributes = match[1], parts(match[2])
        if tag in ("picture", "/picture"):
            within = tag == "picture"
            return match[0]
        if tag == "img":
            return picture(attributes, pictures, alone=not within)
        if tag == "a":
            link(attributes)
        else:
            set_video_attributes(attributes)
        return opening(tag, attributes)

    clean = EMPTY_HEADER.sub(r"<td\1></td>", level_headings(clean))  # a header must name its column
    clean = UNNAMED.sub(named_link, TAG.sub(change, clean))
    return FRAME.sub(lambda match: player(parts(match[1]), language), clean)


def level_headings(clean: str) -> str:
    """Begin with the second level, because the first is the title's, and skip none: screen readers show the outline."""
    path: list[int] = []
    """The levels, as written, of the headings that the current one is below, and its own."""

    def change(match: re.Match[str]) -> str:
        if not match[1]:
            written = int(match[2])
            while path and path[-1] >= written:
                path.pop()
            path.append(written)
        return f"<{match[1]}h{min(len(path) + 1, 6)}"

    return HEADING.sub(change, clean)


def link(attributes: dict[str, str]) -> None:
    """The author's own rel stays; `noopener` joins it where the link leaves the site."""
    if EXTERNAL.match(attributes.get("href", "")) or attributes.get("target"):
        words = attributes.get("rel", "").split()
        if "noopener" not in words:
            attributes["rel"] = " ".join([*words, "noopener"])


def named_link(match: re.Match[str]) -> str:
    """A name for screen readers: where the link leads, unless an image says more (WCAG 2.2, 2.4.4)."""
    attributes = parts(match[1])
    if "href" not in attributes or attributes.get("title") or re.search(r' alt="[^"]', match[2]):
        return match[0]
    return opening("a", {**attributes, "aria-label": EXTERNAL.sub("", attributes["href"])}) + match[2] + "</a>"


def picture(attributes: dict[str, str], pictures: Pictures | None, *, alone: bool) -> str:
    """Width and height keep the page from jumping when the picture arrives."""
    source = html.unescape(attributes.get("src", ""))
    attributes["alt"] = attributes.get("alt", "").strip()
    known = pictures(source) if pictures and source else None
    sources: tuple[tuple[str, str], ...] = ()
    if known:
        if not {"width", "height"} & attributes.keys():
            attributes["width"], attributes["height"] = str(int(known.width)), str(int(known.height))
        attributes["src"] = html.escape(known.src) or attributes["src"]
        sources = known.sources if alone and "srcset" not in attributes else ()
    attributes.setdefault("loading", "lazy")
    attributes.setdefault("decoding", "async")
    width = attributes["width"] if attributes.get("width", "").isdecimal() else ""
    shown = f"(max-width: {width}px) 100vw, {width}px" if known and width and int(width) < WIDEST else SIZES
    sizes = attributes.pop("sizes", shown) if sources else ""
    others = "".join(
        opening("source", {"type": mime, "srcset": html.escape(srcset), "sizes": sizes}) for mime, srcset in sources
    )
    return f"<picture>{others}{opening('img', attributes)}</picture>" if others else opening("img", attributes)


def set_video_attributes(attributes: dict[str, str]) -> None:
    """Nothing is asked of another host before the reader plays it."""
    if "src" not in attributes or EXTERNAL.match(attributes["src"]):
        attributes["preload"] = "none"
    if EXTERNAL.match(attributes.get("poster", "")):
        del attributes["poster"]


def player(attributes: dict[str, str], language: str) -> str:
    """A link to the video, which static/js/reading.js replaces by the player when it is clicked."""
    source = html.unescape(attributes.get("src", ""))
    if not source:
        return ""  # the sanitizer does not know its host
    title, note = VIDEO.get(language.partition("-")[0], VIDEO["en"])
    link = {
        "href": html.escape(page_of(source)),
        "rel": "noopener",
        "data-player": html.escape(source),
    }
    name = NAMES.get(urlsplit(source).netloc, "")
    return (
        f'<span class="embed">{opening("a", link)}{attributes.get("title") or title}</a>'
        f"<small>{note.format(name)}</small></span>"
    )
