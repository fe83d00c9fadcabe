"""Finishing touches on clean HTML: pictures that know their size, links that keep their distance, players."""

import html
import re
from collections.abc import Callable

from .clean import TAG, opening, parts

Size = Callable[[str], tuple[int, int] | None]
EXTERNAL = re.compile(r"(?:https?:)?//", re.IGNORECASE)
SANDBOX = "allow-scripts allow-same-origin allow-presentation allow-popups"


def dress(clean: str, image_size: Size | None) -> str:
    def change(match: re.Match[str]) -> str:
        tag, attributes = match[1], parts(match[2])
        if tag == "a":
            link(attributes)
        elif tag == "img":
            picture(attributes, image_size)
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


def picture(attributes: dict[str, str], image_size: Size | None) -> None:
    """Width and height keep the page from jumping when the picture arrives."""
    source = html.unescape(attributes.get("src", ""))
    attributes.setdefault("alt", "")
    if image_size and source and not {"width", "height"} & attributes.keys():
        size = image_size(source)
        if size:
            attributes["width"], attributes["height"] = str(int(size[0])), str(int(size[1]))
    attributes.setdefault("loading", "lazy")
    attributes.setdefault("decoding", "async")


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
