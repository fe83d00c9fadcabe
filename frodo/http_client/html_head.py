"""Metadata in the head of an HTML page, read in linear time however broken the page is."""

import re
from dataclasses import dataclass, field
from html import unescape

TAG = re.compile(r"<(?:(!--)|([!?/])|([a-zA-Z][^\s/>]*+))")
SPACE = re.compile(r"[\s/]*+")
ATTRIBUTE = re.compile(r"""([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|(?!["'])([^\s>]*+)))?""")
RAW = {
    # Elements in which a tag is only text, and templates, which are no part of the page.
    name: re.compile(rf"</{name}(?=[\s/>])", re.I)
    for name in ("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp", "template", "svg")
}
LONGEST = 4000
"""Maximum length of one text in characters."""


@dataclass
class Head:
    title: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    """What `<meta>` elements say under their name or property, in small letters; the first that says anything."""
    links: dict[str, str] = field(default_factory=dict)
    """Addresses by what they are to the page (`rel`)."""


def head_of(html: str) -> Head:
    head, at = Head(), 0
    while tag := TAG.search(html, at):
        at = tag.end()
        is_comment, is_other, name = tag[1], tag[2], (tag[3] or "").lower()
        if is_comment or is_other:
            # `<!-->` is a whole comment, as browsers see it.
            end = html.find("-->", at - 2) if is_comment else html.find(">", at)
            if end < 0:
                break
            at = end
            continue
        attributes, at = attributes_of(html, at)
        if name == "meta":
            keep_meta(head, attributes)
        elif name == "link":
            for rel in attributes.get("rel", "").lower().split():
                head.links.setdefault(rel, attributes.get("href", ""))
        elif name in RAW:
            closing = RAW[name].search(html, at)
            if name == "title" and not head.title:
                # One character after the tag is its `>`.
                head.title = unescape(html[at + 1 : min(closing.start() if closing else len(html), at + 1 + LONGEST)])
            if not closing:
                break
            at = closing.end()
    return head


def attributes_of(html: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of the tag whose name ends at `at`, and where the tag ends."""
    found: dict[str, str] = {}
    while (space := SPACE.match(html, at)) and (at := space.end()) < len(html) and html[at] != ">":
        if one := ATTRIBUTE.match(html, at):
            found.setdefault(one[1][:40].lower(), unescape((one[2] or one[3] or one[4] or "")[:LONGEST]))
            at = one.end()
        else:
            at += 1
    return found, at


def keep_meta(head: Head, attributes: dict[str, str]) -> None:
    content = attributes.get("content", "").strip()
    for kind in ("property", "name", "itemprop"):
        name = attributes.get(kind, "").strip().lower()
        if name and content:
            head.metadata.setdefault(name[:100], content)
