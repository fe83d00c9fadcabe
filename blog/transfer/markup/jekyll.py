"""Liquid as posts use it, and kramdown's attribute lists."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from blog.transfer.markup import writing
from blog.transfer.markup.shelter import Shelter
from blog.transfer.markup.tags import Language, convert, words

TAG = re.compile(r"\{%-?\s*(?P<end>end)?(?P<name>[A-Za-z_]\w*)(?P<args>(?:[^%{]|%(?!\})|\{(?!%)){0,2000}?)\s*-?%\}")
OUTPUT = re.compile(r"\{\{-?\s*(?P<path>[\w.-]+?|\"[^\"{}]*\"|'[^'{}]*')\s*(?P<filters>(?:\|[^{}|]*)*)-?\}\}")
ANY_OUTPUT = re.compile(r"\{\{-?\s*([\w.]*)[^{}]*\}\}")
FILTER = re.compile(r"\|\s*(\w+)\s*(?::\s*([^|]*))?")
PARTS = frozenset({"else", "elsif", "when", "break", "continue"})

TOC = re.compile(r"^[ \t]*(?:[*+-]|\d+\.)[ \t]+.*\n[ \t]*\{:\s*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE)
ATTRIBUTES_ALONE = re.compile(r"^[ \t>]*\{:[^}\n]*\}[ \t]*\n?", re.MULTILINE)
ATTRIBUTES = re.compile(r"(?<=[)\]>*_`\w\x03])[ \t]?\{:[^}\n]*\}")
EXTENSIONS = re.compile(r"\{::(?:nomarkdown|options|comment)\b[^}\n]*\}|\{:/(?:nomarkdown|comment)?\}")
COMMENT = re.compile(r"\{::comment\}(?:(?!\{::comment\}).)*?\{:/(?:comment)?\}", re.DOTALL)


@dataclass
class Values:
    """What `{{ … }}` and links may name."""

    site: dict
    page: dict
    find_file: Callable[[str], str | None]
    """An address for a path below the site's root, or a post's file name."""
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
    shelter = Shelter()
    raw = Language(TAG, block={"raw": lambda _args, held: shelter.hold(held)}, verbatim=frozenset({"raw"}))
    text = convert(text, raw, Counter())
    text = shelter.hold_code(text)
    text = convert(text, language(values), left, shelter.restore)
    text = OUTPUT.sub(lambda found: output(found, values), text)
    for found in ANY_OUTPUT.finditer(text):
        left["{{ " + (found[1] or "…") + " }}"] += 1
    return shelter.restore(kramdown(text))


def language(values: Values) -> Language:
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

    inline = {"link": link, "post_url": link, "assign": assign, "youtube": youtube, "vimeo": writing.vimeo}
    inline["gist"] = lambda args: writing.elsewhere("https://gist.github.com/", *words(args)[:1]) if args else None
    block = {"highlight": highlight, "comment": lambda _args, _text: "", "math": formula}
    return Language(TAG, inline, block, frozenset({"highlight", "comment", "math"}), PARTS)


def highlight(args: str, text: str) -> str:
    options = re.search(r"mark_lines=\"([\d ,-]+)\"", args)
    lines = ",".join(options[1].split()) if options else ""
    return writing.fence(text, (args.split() or [""])[0], lines=lines)


def formula(_args: str, text: str) -> str:
    return f"\n$$\n{text.strip()}\n$$\n"


def youtube(args: str) -> str | None:
    found = re.search(r"(?:v=|youtu\.be/|embed/)([\w-]{6,})", args)
    return writing.youtube(found[1] if found else args.strip("\"' "))


def output(found: re.Match, values: Values) -> str:
    value = values.get(found["path"])
    if value is None:
        return found[0]
    for name, argument in FILTER.findall(found["filters"]):
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
            return found[0]
    return value


def kramdown(text: str) -> str:
    """Attribute lists have nothing to hold on to here and are dropped; so are lists of contents, which we make."""
    if "{:" not in text:
        return text
    for pattern in (COMMENT, TOC, ATTRIBUTES_ALONE, ATTRIBUTES, EXTENSIONS):
        text = pattern.sub("", text)
    return text
