"""Another implementation of Markdown, to hold ours against: GitHub's own, cmark-gfm."""

import re
from collections import Counter

import cmarkgfm
from cmarkgfm.cmark import Options
from lxml import html

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
NAMES = {"s": "del", "b": "strong", "i": "em"}
HEADINGS = tuple(f"h{level}" for level in range(1, 7))
COUNTED = (*HEADINGS, "ul", "ol", "li", "pre", "table", "tr", "a", "img", "em", "strong", "del", "blockquote", "hr")


def judged(text: str) -> str:
    extensions = ["table", "strikethrough", "autolink", "tasklist"]
    return cmarkgfm.markdown_to_html_with_extensions(text, options=Options.CMARK_OPT_UNSAFE, extensions=extensions)


def structure(rendered: str) -> Counter:
    """How many there are of each element that carries structure."""
    tree = html.fragment_fromstring(rendered, create_parent="div")
    counts = Counter(NAMES.get(element.tag, element.tag) for element in tree.iter())
    counts = Counter({tag: count for tag, count in counts.items() if tag in COUNTED})
    # An anchor without an address is a mark, not a link.
    counts["a"] = len(tree.xpath(".//a[@href]"))
    return +counts


def body(text: str) -> str:
    return FRONT_MATTER.sub("", text, count=1)
