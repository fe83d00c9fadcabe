"""What the scanner makes: links, pictures, and the plain text of either."""

import re
from xml.etree.ElementTree import Element

from markdown.util import STX, AtomicString

from .emphasis import Nodes, Run, escape, fill, resolve
from .math import Formula

STASHED = re.compile(STX + r"[^\x03]*\x03")


class BareLink(Element):
    """A link nobody marked as one: it gives way when the text around it becomes a link."""


def link(url: str, label: str, kind: type[Element] = Element) -> Element:
    element = kind("a")
    element.set("href", escape(url))
    element.text = AtomicString(escape(label))
    return element


def anchor(url: str, title: str, inside: Nodes) -> Element:
    element = Element("a")
    element.set("href", escape(url))
    if title:
        element.set("title", escape(title))
    inside = [plain([node]) if isinstance(node, BareLink) else node for node in inside]
    fill(element, resolve(inside))
    return element


def picture(url: str, title: str, inside: Nodes) -> Element:
    element = Element("img")
    element.set("src", escape(url))
    element.set("alt", escape(plain(resolve(inside))))
    if title:
        element.set("title", escape(title))
    return element


def plain(nodes: Nodes) -> str:
    """The text of nodes, as a picture's description wants it."""
    parts = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Run):
            parts.append(node.char * node.length)
        else:
            parts.append(node_text(node))
    return STASHED.sub("", "".join(parts))


def node_text(element: Element) -> str:
    text = []
    for part in element.iter():
        if isinstance(part, Formula):
            text.append(escape(part.tex))
        else:
            text.append("\n" if part.tag == "br" else part.get("alt", "") if part.tag == "img" else part.text or "")
        if part is not element:
            text.append(part.tail or "")
    return "".join(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
