"""Which Markdown is read: CommonMark and GitHub's additions by markdown-it-py, and what posts have besides."""

import re
import sys
from collections.abc import Callable
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from frodo.markdown.cjk import Inline
from frodo.markdown.formulas import math
from frodo.markdown.links import autolink

BlockRule = Callable[[StateBlock, int, int, bool], bool]

DEEPEST = 24
"""Levels of blocks inside one another, of which a list takes two. Marks beyond are plain text."""
DEEPEST_QUOTE = 12
"""markdown-it-py reads the lines of a quote once for each level."""
CONTAINERS = {
    "blockquote": ("blockquote", ["paragraph", "reference", "blockquote", "list"]),
    "list": ("list_block", ["paragraph", "reference", "blockquote"]),
    "footnote_def": ("footnote_def", ["paragraph", "reference"]),
    "deflist": ("deflist", ["paragraph", "reference", "blockquote"]),
}
"""Rules that read blocks inside blocks: name, function, and what they interrupt."""
STOPS = re.compile(r"[\n!$&*<@\[\\\]^_`~]|https?://|www\.", re.IGNORECASE)
"""Where inline rules are asked; fewer places than by default, for speed."""
UNTIL_CLOSED = re.compile(r"<(script|style|textarea|!--|\?|!\[CDATA\[|!(?=[a-z]))", re.IGNORECASE)
CLOSINGS = {"!--": "-->", "?": r"\?>", "![cdata[": "]]>", "!": ">"}
PLAIN_URL = re.compile(r"(?:https?://[a-z0-9.-]+(?::\d+)?)?[/#?][A-Za-z0-9/?#@$&'()+,;:=_.~!*-]*")
REFERENCE = re.compile(r"\[\^([^\]\[\s]{1,100})\]")
ATTRIBUTES = re.compile(r"\{((?:[ \t]*[#.][^\s{}#.\"'<>=]+)+)[ \t]*\}")
# markdown-it-py fills short rows of a table with up to 65,536 empty cells, which take seconds.
vars(sys.modules["markdown_it.rules_block.table"])["MAX_AUTOCOMPLETED_CELLS"] = 10_000


@cache
def grammar(*, html: bool, notes: bool, tasks: bool, tables: bool, has_math: bool) -> MarkdownIt:
    """A parser, to be shared: what belongs to one text is kept in its `env`."""
    md = MarkdownIt()
    md.inline = Inline()
    md.inline.terminator_re = STOPS
    options = {"html": html, "tasklists": tasks, "strikethrough_single_tilde": True, "maxNesting": DEEPEST + 20}
    md.configure("commonmark", options)
    md.normalizeLink = normalize_url  # type: ignore[method-assign]  # markdown-it-py documents both as replaceable
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # the sanitizer decides, as it does for HTML
    md.enable(["strikethrough", *(["table"] if tables else [])])
    md.use(autolink)
    if has_math:
        md.use(math)
    if notes:
        md.use(footnote_plugin, inline=False)
        md.inline.ruler.at("footnote_ref", footnote_reference)
        md.use(deflist_plugin)
        md.core.ruler.after("block", "heading_attributes", heading_attributes)
    md.block.ruler.at("html_block", closed_html, {"alt": ["paragraph", "reference", "blockquote"]})
    active = {rule.__name__: rule for rule in md.block.ruler.getRules("")}
    for name, (function, alternatives) in CONTAINERS.items():
        if rule := active.get(function):
            md.block.ruler.at(
                name, bounded(name, only_colons(rule) if name == "deflist" else rule), {"alt": alternatives}
            )
    return md


def normalize_url(url: str) -> str:
    """As markdown-it-py does it, which takes its time; most URLs need nothing."""
    return url if PLAIN_URL.fullmatch(url) else normalizeLink(url)


def bounded(name: str, rule: BlockRule) -> BlockRule:
    """Beyond its own limit markdown-it-py would drop the text."""
    deepest = DEEPEST_QUOTE if name == "blockquote" else DEEPEST

    def bounded_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < deepest and rule(state, start, end, silent)

    return bounded_rule


def closed_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block of HTML in which no Markdown is read. One that is never closed would be all the rest of the text."""
    at = state.bMarks[start] + state.tShift[start]
    if at < state.eMarks[start] and state.src[at] == "<" and (opening := UNTIL_CLOSED.match(state.src, at)):
        name = opening[1].lower()
        last = state.env.setdefault("last_closing", {})
        if name not in last:
            closings = list(re.finditer(CLOSINGS.get(name, f"</{name}>"), state.src, re.IGNORECASE))
            last[name] = closings[-1].start() if closings else -1
        if last[name] <= at:
            return False
    return html_block(state, start, end, silent)


def only_colons(rule: BlockRule) -> BlockRule:
    """Definitions begin with a colon; with the plugin's `~`, a signature below a line would be one."""

    def colons_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if not silent:
            line = start + 1 + (start + 1 < end and state.isEmpty(start + 1))
            if line >= end or state.src[state.bMarks[line] + state.tShift[line] :][:1] != ":":
                return False
        return rule(state, start, end, silent)

    return colons_rule


def footnote_reference(state: StateInline, silent: bool) -> bool:
    """As the plugin's own rule, in linear time."""
    if not state.src.startswith("[^", state.pos) or not (notes := state.env.get("footnotes")):
        return False
    match = REFERENCE.match(state.src, state.pos, state.posMax)
    if not match or (number := notes["refs"].get(":" + match[1])) is None:
        return False
    if not silent:
        listed = notes.setdefault("list", {})
        if number < 0:
            number = notes["refs"][":" + match[1]] = len(listed)
            listed[number] = {"label": match[1], "count": 0}
        token = state.push("footnote_ref", "", 0)
        token.meta = {"id": number, "subId": listed[number]["count"], "label": match[1]}
        listed[number]["count"] += 1
    state.pos = match.end()
    return True


def heading_attributes(state: StateCore) -> None:
    """`## Heading {#id .class}`, as Hugo, Jekyll and Pandoc read it."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open" or not inline.content.endswith("}"):
            continue
        at = inline.content.rfind("{")
        if at > 0 and (match := ATTRIBUTES.fullmatch(inline.content, at)):
            inline.content = inline.content[:at].rstrip()
            for word in re.findall(r"[#.][^#.\s]+", match[1]):
                if word[0] == "#":
                    opening.attrSet("id", word[1:])
                else:
                    opening.attrJoin("class", word[1:])
