"""Finishing touches on clean HTML: pictures that know their size, links that keep their distance, players."""

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from .clean import TAG, opening, parts


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
SANDBOX = "allow-scripts allow-same-origin allow-presentation allow-popups"


def dress(clean: str, pictures: Pictures | None) -> str:
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
        elif tag == "iframe":
            frame(attributes)
        else:
            return match[0]
        return opening(tag, attributes)

    return TAG.sub(change, clean)


def link(attributes: dict[str, str]) -> None:
    """The author's own rel stays; `noopener` joins it where the link leaves the site."""
    if EXTERNAL.match(attributes.get("href", "")) or attributes.get("target"):
        words = attributes.get("rel", "").split()
        if "noopener" not in words:
            attributes["rel"] = " ".join([*words, "noopener"])


def picture(attributes: dict[str, str], pictures: Pictures | None, *, alone: bool) -> str:
    """Width and height keep the page from jumping when the picture arrives."""
    source = html.unescape(attributes.get("src", ""))
    attributes.setdefault("alt", "")
    known = pictures(source) if pictures and source else None
    sources = ()
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


def frame(attributes: dict[str, str]) -> None:
    if "src" not in attributes:
        attributes["hidden"] = ""
    attributes.update(
        {
            "sandbox": SANDBOX,
            "loading": "lazy",
            "referrerpolicy": "strict-origin-when-cross-origin",
            "allowfullscreen": "",
        }
    )
