"""A WordPress post's text as HTML without blocks, shortcodes and classic paragraphs."""

import json
import re
from collections import Counter
from collections.abc import Callable

from blog.importers.markup import PRE, Placeholders
from blog.importers.wordpress.paragraphs import add_paragraphs
from blog.importers.wordpress.shortcodes import Shortcodes, embed, embed_urls

INSIDE = r"(?:(?!<!--|-->).)*?"
"""Of a comment, which holds no other: without that, the search takes the square of the time."""
MORE = re.compile(rf"<!--\s*more\b{INSIDE}-->", re.DOTALL)
BLOCK = re.compile(
    rf"<!--\s+(?P<end>/)?wp:(?P<name>[a-z][\w/-]*)\s+(?P<args>\{{{INSIDE}\}}\s+)?(?P<alone>/)?-->", re.DOTALL
)
"""https://developer.wordpress.org/block-editor/explanations/architecture/key-concepts/"""
EMBED = re.compile(
    r"<figure\b[^>]*\bwp-block-embed\b[^>]*>\s*<div\b[^>]*>\s*(https?://\S+?)\s*</div>\s*"
    r"(?P<caption><figcaption\b.*?</figcaption>)?\s*</figure>",
    re.DOTALL,
)
MORE_BLOCK = re.compile(
    rf"(<!--\s+wp:more\b{INSIDE}-->)\s*<!--more{INSIDE}-->\s*(?:<!--noteaser-->\s*)?<!--\s+/wp:more\s+-->", re.DOTALL
)
EMPTY = frozenset("spacer nextpage page-list more site-title post-title post-date".split())
"""Blocks without text that say nothing here."""


def to_html(
    text: str, shortcodes: Shortcodes, left: Counter, *, reusable: Callable[[str], str] = lambda _number: ""
) -> str:
    """`reusable` gives the text of a reusable block (a pattern) by its number."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<!-- wp:" in text:
        text = without_blocks(insert_reusable(text, reusable), left)
        text = EMBED.sub(lambda match: embed(match[1]) + (match["caption"] or "").replace("figcaption", "p"), text)
        return convert_outside_code(text, shortcodes, left)
    text = MORE.sub("\n\n<!--more-->\n\n", text)
    # Paragraphs come last: a shortcode may make a block of what is a word in a sentence.
    return add_paragraphs(convert_outside_code(text, shortcodes, left))


def convert_outside_code(text: str, shortcodes: Shortcodes, left: Counter) -> str:
    placeholders = Placeholders()
    held = PRE.sub(lambda match: placeholders.store(match[0]), re.sub(r"[\x02\x03]", "", text))
    held = re.sub(r"<code\b[^>]*>.*?</code>", lambda match: placeholders.store(match[0]), held, flags=re.DOTALL)
    held = shortcodes.convert(held, left).replace("[[", "[").replace("]]", "]")
    return placeholders.restore(embed_urls(held))


def insert_reusable(text: str, reusable: Callable[[str], str], depth: int = 0) -> str:
    def replacement(block: re.Match) -> str:
        number = str(arguments(block).get("ref", "")) if block["name"] in ("block", "core/block") else ""
        inserted = reusable(number) if number and depth < 3 else ""
        return insert_reusable(inserted, reusable, depth + 1) if inserted else block[0]

    return BLOCK.sub(replacement, text)


def without_blocks(text: str, left: Counter) -> str:
    """Without the comments around blocks. Blocks that are made by the server have nothing else, and are counted."""

    def replacement(block: re.Match) -> str:
        name = block["name"].removeprefix("core/")
        if name == "more" and not block["end"]:
            return "\n<!--more-->\n"
        if block["alone"] and name not in EMPTY:
            url = str(arguments(block).get("url", ""))
            if url.startswith(("http://", "https://")):
                return embed(url)
            left[f"wp:{name}"] += 1
        return "\n"

    text = MORE_BLOCK.sub(r"\1", text)
    text = re.sub(r"<!--nextpage-->", "", text)
    return BLOCK.sub(replacement, text)


def arguments(block: re.Match) -> dict:
    try:
        attributes = json.loads(block["args"] or "{}")
    except (ValueError, RecursionError):
        return {}
    return attributes if isinstance(attributes, dict) else {}
