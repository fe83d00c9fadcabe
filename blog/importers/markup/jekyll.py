"""Liquid as posts use it, and kramdown's attribute lists."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from blog.importers.markup import Placeholders, snippets
from blog.importers.markup.tags import Block, TagSyntax, convert, words
from frodo.text import MARKS

TAG = re.compile(r"\{%-?\s*(?P<end>end)?(?P<name>[A-Za-z_]\w*)(?P<args>(?:[^%{]|%(?!\})|\{(?!%)){0,2000}?)\s*-?%\}")
OUTPUT = re.compile(r"\{\{-?\s*(?P<path>[\w.-]+?|\"[^\"{}]*\"|'[^'{}]*')\s*(?P<filters>(?:\|[^{}|]*)*)-?\}\}")
ANY_OUTPUT = re.compile(r"\{\{-?\s*([\w.]*)[^{}]*\}\}")
FILTER = re.compile(r"\|\s*(\w+)\s*(?::\s*([^|]*))?")
CONTINUATIONS = frozenset({"else", "elsif", "when", "break", "continue"})

TOC = re.compile(r"^[ \t]*(?:[*+-]|\d+\.)[ \t]+.*\n[ \t]*\{:\s*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE)
ATTRIBUTES_ALONE = re.compile(r"^[ \t>]*\{:[^}\n]*\}[ \t]*\n?", re.MULTILINE)
ATTRIBUTES = re.compile(r"(?<=[)\]>*_`\w\x03" + MARKS + r"])[ \t]?\{:[^}\n]*\}")
EXTENSIONS = re.compile(r"\{::(?:nomarkdown|options|comment)\b[^}\n]*\}|\{:/(?:nomarkdown|comment)?\}")
COMMENT = re.compile(r"\{::comment\}(?:(?!\{::comment\}).)*?\{:/(?:comment)?\}", re.DOTALL)


@dataclass
class Values:
    """What `{{ … }}` and links may name."""

    site: dict
    page: dict
    find_file: Callable[[str], str | None]
    """From a path below the site's root, or a post's file name, to a URL."""
    assigned: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str | None:
        if path[0] in "\"'":
            return path[1:-1]
        if path in self.assigned:
            return self.assigned[path]
        name, *keys = path.split(".")
        value: object = {"site": self.site, "page": self.page}.get(name)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return None
        return str(value)


def to_markdown(text: str, values: Values, left: Counter) -> str:
    placeholders = Placeholders()
    raw = TagSyntax(TAG, block={"raw": lambda _args, pending: placeholders.store(pending)}, verbatim=frozenset({"raw"}))
    text = convert(text, raw, Counter())
    text = placeholders.store_code(text)
    text = convert(text, syntax(values), left, placeholders.restore)
    text = OUTPUT.sub(lambda match: output(match, values), text)
    for match in ANY_OUTPUT.finditer(text):
        left["{{ " + (match[1] or "…") + " }}"] += 1
    return placeholders.restore(kramdown(text))


def syntax(values: Values) -> TagSyntax:
    def link(args: str) -> str | None:
        return values.find_file(args.strip("\"' "))

    def assign(args: str) -> str | None:
        name, _, value = (part.strip() for part in args.partition("="))
        known = values.get(value) if re.fullmatch(r"\"[^\"]*\"|'[^']*'|[\w.]+", value) else None
        if known is None and re.fullmatch(r"-?\d+(?:\.\d+)?", value):
            known = value
        if known is None:
            return None
        values.assigned[name] = known
        return ""

    inline = {"link": link, "post_url": link, "assign": assign, "youtube": youtube, "vimeo": snippets.vimeo}
    inline["gist"] = lambda args: snippets.gist(*words(args)[:1])
    return TagSyntax(TAG, inline, BLOCK, frozenset(BLOCK), CONTINUATIONS)


def highlight(args: str, text: str) -> str:
    options = re.search(r"mark_lines=\"([\d ,-]+)\"", args)
    lines = ",".join(options[1].split()) if options else ""
    return snippets.fence(text, (args.split() or [""])[0], lines=lines)


BLOCK: dict[str, Block] = {
    "highlight": highlight,
    "comment": lambda _args, _text: "",
    "math": lambda _args, text: snippets.display_math(text),
}


def youtube(args: str) -> str | None:
    match = re.search(r"(?:v=|youtu\.be/|embed/)([\w-]{6,})", args)
    return snippets.youtube(match[1] if match else args.strip("\"' "))


def output(match: re.Match, values: Values) -> str:
    value = values.get(match["path"])
    if value is None:
        return match[0]
    for name, argument in FILTER.findall(match["filters"]):
        other = values.get(argument.strip()) if argument.strip() else ""
        if name in ("relative_url", "absolute_url"):
            value = "/" + value.lstrip("/") if not re.match(r"\w+:", value) else value
        elif name in ("prepend", "append") and other is not None:
            value = other + value if name == "prepend" else value + other
        elif name in ("strip", "escape", "xml_escape", "escape_once", "strip_html"):
            value = value.strip()
        elif name in ("upcase", "downcase"):
            value = value.upper() if name == "upcase" else value.lower()
        else:
            return match[0]
    return value


def kramdown(text: str) -> str:
    """Attribute lists have nothing to hold on to here and are dropped; so are lists of contents, which we make."""
    if "{:" not in text:
        return text
    for pattern in (COMMENT, TOC, ATTRIBUTES_ALONE, ATTRIBUTES, EXTENSIONS):
        text = pattern.sub("", text)
    return text
