"""Anchors for headings, and the table of contents."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown.util import STX

from frodo.markdown.math import Formula
from frodo.text import MARKS, clean_text

NOT_IN_SLUG = re.compile(rf"[^\w{MARKS}\- ]+")
STASHED = re.compile(STX + r"[^\x03]*\x03")
RESERVED = re.compile(r"_.*|comments|(?:comment|activity)-\d*", re.DOTALL)
"""Ids that pages have themselves; those beginning with `_` are theirs, too."""
LEVELS = {f"h{level}": level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    id: str
    text: str
    children: tuple["Heading", ...] = ()


def slug(text: str) -> str:
    """`安装 Redis` as `安装-redis`: letters of all scripts stay, so a heading's anchor is its own words."""
    text = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"[\s-]+", "-", NOT_IN_SLUG.sub("", text.replace("\n", " "))).strip("-").lstrip("_") or "section"


def anchor(root: Element, used: dict[str, int]) -> tuple[Heading, ...]:
    """Give each heading its id, none that is used already; what the contents list shows."""
    headings = [element for element in root.iter() if element.tag in LEVELS]
    for element in headings:
        if own := element.get("id", "").lstrip("_"):
            element.set("id", unused(own, used))
    flat = []
    for element in headings:
        text = " ".join(clean_text(STASHED.sub("", element_text(element))).split())
        name = element.get("id") or unused(slug(text), used)
        element.set("id", name)
        flat.append(Heading(LEVELS[element.tag], name, text))
    return nest(flat)


def unused(name: str, used: dict[str, int]) -> str:
    """The name itself once, then name-2, name-3."""
    count = used[name] = used.get(name, int(bool(RESERVED.fullmatch(name)))) + 1
    if count == 1:
        return name
    while (numbered := f"{name}-{count}") in used:
        count += 1
    used[name] = count
    used[numbered] = 1
    return numbered


def element_text(element: Element) -> str:
    """The text of an element, with formulas as TeX and without the marks of footnotes."""
    parts = []
    for part in element:
        if part.tag == "br":
            parts.append("\n")
        elif part.tag == "img":
            parts.append(part.get("alt", ""))
        elif isinstance(part, Formula):
            parts.append(part.tex)
        elif part.get("class") != "footnote-ref":
            parts.append(element_text(part))
        parts.append(part.tail or "")
    return (element.text or "") + "".join(parts)


def nest(flat: Iterable[Heading]) -> tuple[Heading, ...]:
    """Each heading below the nearest one of a higher level before it."""
    top: list = []
    path: list[tuple[int, list]] = [(0, top)]
    for heading in flat:
        while path[-1][0] >= heading.level:
            path.pop()
        below: list = []
        path[-1][1].append((heading, below))
        path.append((heading.level, below))
    return freeze(top)


def freeze(branch: list) -> tuple[Heading, ...]:
    return tuple(Heading(each.level, each.id, each.text, freeze(below)) for each, below in branch)


def toc_to_json(toc: Iterable[Heading]) -> list[dict]:
    return [
        {"level": each.level, "id": each.id, "text": each.text, "children": toc_to_json(each.children)} for each in toc
    ]
