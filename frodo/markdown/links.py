"""Bare URLs and e-mail addresses become links, also where Chinese text follows without a space."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_inline import StateInline

# The host is ASCII, and the punctuation and brackets of CJK scripts end the rest.
URL = re.compile(
    r"(?:https?://(?:[A-Za-z0-9._~%!$&'*+;=:-]{1,200}@)?|www\.)"
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}(?::\d{1,5})?"
    r"(?:[/?#][^\s<>\"`|\\\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—]{0,4000})?",
    re.IGNORECASE,
)
EMAIL = re.compile(
    r"(?<![A-Za-z0-9.+_/:-])[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)(?:[A-Za-z0-9-]{1,63}\.){0,10}[A-Za-z]{2,24}(?![A-Za-z0-9_-])"
)
CLOSERS = {")": "(", "]": "[", "}": "{"}


def autolink(md: MarkdownIt) -> None:
    """Plugin for markdown-it-py; the inline parser must stop at `h`, `w` and `@` where a link may begin."""
    md.inline.ruler.after("autolink", "bare_url", bare_url)
    md.inline.ruler.after("autolink", "bare_email", bare_email)


def bare_url(state: StateInline, silent: bool) -> bool:
    source, at = state.src, state.pos
    if silent or state.linkLevel or source[at] not in "hHwW":
        return False
    if at and ((source[at - 1].isascii() and source[at - 1].isalnum()) or source[at - 1] == "_"):
        return False
    match = URL.match(source, at, state.posMax)
    url = trim(match[0]) if match else ""
    host = url.split("://", 1)[-1].split("/", 1)[0]
    if not ("." in host.strip(".") or host.startswith("localhost") or ("://" in url and host)):
        return False
    plain = unescapeAll(url)
    push(state, plain if "://" in plain else "http://" + plain, plain)
    state.pos += len(url)
    return True


def bare_email(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if silent or state.linkLevel or state.src[at] != "@":
        return False
    start = max(0, at - min(len(state.pending), 64))
    match = EMAIL.search(state.src, start, min(at + 320, state.posMax))
    if not match or match.start() + match[0].index("@") != at:
        return False
    state.pending = state.pending[: len(state.pending) - (at - match.start())]
    push(state, "mailto:" + match[0], match[0])
    state.pos = match.end()
    return True


def push(state: StateInline, url: str, text: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": state.md.normalizeLink(url)}
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def trim(url: str) -> str:
    """Cut at the first bracket that closes what the URL did not open, and at the sentence's own punctuation."""
    depth = {"(": 0, "[": 0, "{": 0}
    for at, char in enumerate(url):
        if char in depth:
            depth[char] += 1
        elif char in CLOSERS:
            depth[CLOSERS[char]] -= 1
            if depth[CLOSERS[char]] < 0:
                url = url[:at]
                break
    while True:
        url = url.rstrip("?!.,:*_~'\"([{")
        if not url.endswith(";"):
            return url
        # GitHub: what looks like an entity at the end is none of the URL.
        before, ampersand, name = url[:-1].rpartition("&")
        url = before if ampersand and name.isalnum() else url[:-1]
