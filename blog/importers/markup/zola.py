"""Zola's shortcodes: those that were built in, and bodies that are quotes; the rest stay visible."""

import re
from collections import Counter

from blog.importers.markup import Placeholders, hugo, snippets

ARGUMENT = r"(?:\"[^\"\n]{0,1000}\"|'[^'\n]{0,1000}'|`[^`\n]{0,1000}`|[^()\"'`{}]){0,100}"
INLINE = re.compile(rf"\{{\{{\s*(?P<name>[A-Za-z_]\w*)\((?P<args>{ARGUMENT})\)\s*\}}\}}")
BLOCK = re.compile(
    rf"\{{%-?\s*(?P<name>[A-Za-z_]\w*)\((?P<args>{ARGUMENT})\)\s*-?%\}}(?P<text>(?:[^{{]|\{{(?!%))*)"
    r"\{%-?\s*end\s*-?%\}"
)
ESCAPED = re.compile(r"(?P<open>\{\{|\{%)/\*(?P<text>[^{}]{0,1000}?)\*/(?P<close>\}\}|%\})")
TAG = re.compile(r"\{[{%]-?\s*(\w+)\s*\(")


def to_markdown(text: str, left: Counter) -> str:
    placeholders = Placeholders()
    text = placeholders.store_code(text, change=unescaped)
    text = ESCAPED.sub(lambda match: placeholders.store(unescaped(match[0])), text)
    text = INLINE.sub(inline, text)
    text = BLOCK.sub(block, text)
    left.update(TAG.findall(text))
    return placeholders.restore(text)


def unescaped(text: str) -> str:
    return ESCAPED.sub(r"\g<open>\g<text>\g<close>", text)


def inline(match: re.Match) -> str:
    _listed, named = hugo.arguments(match["args"])
    video = named.get("id", "")
    known = {
        "youtube": lambda: snippets.youtube(video, playlist="playlist" in named),
        "vimeo": lambda: snippets.vimeo(video),
        "bilibili": lambda: snippets.bilibili(named.get("bvid") or video),
        "gist": lambda: f"<{url}>" if (url := named.get("url", "")).startswith("https://gist.github.com/") else None,
        "streamable": lambda: snippets.autolink("https://streamable.com/", video),
        **dict.fromkeys(("figure", "image", "img"), lambda: hugo.figure(match["args"])),
    }
    make = known.get(match["name"])
    return (make() if make else None) or match[0]


def block(match: re.Match) -> str:
    if match["name"] not in hugo.NOTES:
        return match[0]
    _listed, named = hugo.arguments(match["args"])
    return snippets.quoted(match["text"], title=named.get("title", ""), author=named.get("author", ""))
