"""What Ghost's editors save, where the export has no HTML of it: mobiledoc (Ghost 1 to 5) and Lexical (from 5)."""

import html
import json
from typing import Any

MAX_DEPTH = 50
MOBILEDOC_CARDS = {"markdown", "card-markdown"}
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What the wrong type of a value in it raises."""
FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup"}
"""Lexical's bits of a text's format."""


def loaded(text: str | None) -> dict:
    try:
        document = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def only_markdown(mobiledoc: str | None, lexical: str | None) -> str | None:
    """The Markdown of a post that is nothing but one Markdown card, as all posts of Ghost 1 are."""
    document = loaded(mobiledoc)
    try:
        cards, sections = document.get("cards") or [], document.get("sections") or []
        written = [section for section in sections if not is_empty(section)]
        if len(cards) == 1 and len(written) == 1 and written[0][:1] == [10]:
            name, payload = [*cards[0], {}][:2]
            return str(payload.get("markdown") or "") if name in MOBILEDOC_CARDS else None
    except MALFORMED:
        return None
    nodes = children(loaded(lexical).get("root"))
    nodes = [node for node in nodes if node.get("type") != "paragraph" or children(node)]
    return str(nodes[0].get("markdown") or "") if len(nodes) == 1 and nodes[0].get("type") == "markdown" else None


def is_empty(section: Any) -> bool:
    """A paragraph without text, which the editor leaves behind a card."""
    return isinstance(section, list) and section[:1] == [1] and not any(marker[-1:] != [""] for marker in section[2])


def to_html(mobiledoc: str | None, lexical: str | None) -> str:
    if root := loaded(lexical).get("root"):
        return "".join(node_html(node) for node in children(root))
    return mobiledoc_html(loaded(mobiledoc))


def children(node: Any) -> list[dict]:
    nodes = node.get("children") if isinstance(node, dict) else None
    return [child for child in nodes if isinstance(child, dict)] if isinstance(nodes, list) else []


def node_html(node: dict, depth: int = 0) -> str:
    if depth > MAX_DEPTH:
        return ""
    kind = str(node.get("type") or "").removeprefix("extended-")
    inside = "".join(node_html(child, depth + 1) for child in children(node))
    if kind == "text":
        text, bits = html.escape(str(node.get("text") or ""), quote=False), node.get("format") or 0
        for bit, name in FORMATS.items():
            if isinstance(bits, int) and bits & bit:
                text = f"<{name}>{text}</{name}>"
        return text
    if kind in ("linebreak", "horizontalrule"):
        return "<br>" if kind == "linebreak" else "<hr>"
    if kind in ("link", "autolink"):
        return f'<a href="{html.escape(str(node.get("url") or ""))}">{inside}</a>'
    if kind in ("heading", "list"):
        tag = str(node.get("tag") or "p")
        return f"<{tag}>{inside}</{tag}>" if tag in ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol") else inside
    if kind in ("listitem", "quote", "aside"):
        tag = "li" if kind == "listitem" else "blockquote"
        return f"<{tag}>{inside}</{tag}>"
    return card_html(kind, node) or (f"<p>{inside}</p>" if inside else "")


def card_html(kind: str, card: dict) -> str:
    """Of a card of either editor."""
    source = html.escape(str(card.get("src") or card.get("url") or ""))
    caption = f"<figcaption>{card['caption']}</figcaption>" if card.get("caption") else ""
    if kind == "image":
        alt = html.escape(str(card.get("alt") or ""))
        return f'<figure><img src="{source}" alt="{alt}">{caption}</figure>'
    if kind in ("codeblock", "code"):
        language = html.escape(str(card.get("language") or ""))
        return f'<pre><code class="language-{language}">{html.escape(str(card.get("code") or ""))}</code></pre>'
    if kind in ("html", "embed"):
        return str(card.get("html") or "")
    if kind in ("markdown", "card-markdown"):
        return f"<pre>{html.escape(str(card.get('markdown') or ''))}</pre>"
    if kind == "hr":
        return "<hr>"
    return f'<p><a href="{source}">{source}</a></p>' if source else ""


def mobiledoc_html(document: dict) -> str:
    """https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md"""
    out, sections = [], document.get("sections")
    for section in sections if isinstance(sections, list) else []:
        try:
            out.append(section_html(section, document))
        except MALFORMED:
            continue  # a section that no renderer of Ghost's could show either
    return "".join(out)


def section_html(section: list, document: dict) -> str:
    kind = section[0]
    if kind == 1:
        return f"<{section[1]}>{markers_html(section[2], document)}</{section[1]}>"
    if kind == 3:
        items = "".join(f"<li>{markers_html(item, document)}</li>" for item in section[2])
        return f"<{section[1]}>{items}</{section[1]}>"
    if kind == 10:
        name, payload = [*document["cards"][section[1]], {}][:2]
        return card_html(name, payload)
    return f'<p><img src="{html.escape(str(section[1]))}" alt=""></p>' if kind == 2 else ""


def markers_html(markers: list, document: dict) -> str:
    out, opened = [], []
    for kind, opens, closes, value in markers:
        for number in opens:
            name, *rest = document["markups"][number]
            pairs = rest[0] if rest else []
            attributes = "".join(f' {k}="{html.escape(str(v))}"' for k, v in zip(pairs[::2], pairs[1::2], strict=False))
            out.append(f"<{name}{attributes}>")
            opened.append(name)
        out.append("<br>" if kind == 1 else html.escape(str(value), quote=False))
        out += [f"</{opened.pop()}>" for _n in range(closes)]
    return "".join(out)
