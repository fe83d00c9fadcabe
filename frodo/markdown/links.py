"""The parts of a link: destination, title, label, definition, and bare addresses."""

import html
import re
from urllib.parse import quote

ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{0,31});)")
BLANK = re.compile(r"[ \t]*\n?[ \t]*")
ANGLED = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
TITLE = re.compile(r'"((?:[^"\\]|\\.)*+)"|\'((?:[^\'\\]|\\.)*+)\'|\(((?:[^()\\]|\\.)*+)\)', re.DOTALL)
LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\]", re.DOTALL)
DEFINITION = re.compile(r" {0,3}\[((?:[^\[\]\\]|\\.){1,999})\]:[ \t]*\n?[ \t]*", re.DOTALL)
REST_OF_LINE = re.compile(r"[ \t]*(?:\n|$)")
DESTINATION_STOP = re.compile(r"[\\()\x00-\x20\x7f]")
MOST_PARENTHESES = 32

Target = tuple[str, str]


def unescape(text: str) -> str:
    """Backslashes before punctuation go, entities become characters."""
    if "\\" not in text and "&" not in text:
        return text
    return ESCAPE.sub(lambda m: m[1] or entity(m[2]), text)


def entity(name: str) -> str:
    return html.unescape(name)


def normal_url(url: str) -> str:
    """Percent-encode what a URL may not hold and leave what is encoded already."""
    return quote(unescape(url), safe="%/:?#[]@!$&'()*+,;=-._~", errors="replace")


def normal_label(label: str) -> str:
    return " ".join(label.split()).casefold()


def after_blank(text: str, at: int) -> int:
    """Past blanks and at most one line end."""
    match = BLANK.match(text, at)
    return match.end() if match else at


def titled(match: re.Match[str]) -> str:
    return next((part for part in match.groups() if part is not None), "")


def destination(text: str, at: int) -> tuple[str, int] | None:
    if text.startswith("<", at):
        match = ANGLED.match(text, at)
        return (match[1], match.end()) if match else None
    start, depth, end = at, 0, len(text)
    while at < end:
        stop = DESTINATION_STOP.search(text, at)
        if not stop:
            at = end
            break
        at = stop.start()
        char = stop[0]
        if char == "\\":
            at += 2
        elif char == "(":
            depth += 1
            if depth > MOST_PARENTHESES:
                return None
            at += 1
        elif char == ")" and depth:
            depth -= 1
            at += 1
        else:
            break
    at = min(at, end)
    return (text[start:at], at) if depth == 0 else None


def inline_target(text: str, at: int) -> tuple[Target, int] | None:
    """What stands in parentheses after `[text]`: the target, and where it ends."""
    at = after_blank(text, at + 1)
    found = destination(text, at)
    if found is None:
        return None
    url, at = found
    title = ""
    gap = after_blank(text, at)
    if gap > at:
        match = TITLE.match(text, gap)
        if match:
            title = titled(match)
            gap = after_blank(text, match.end())
    if not text.startswith(")", gap):
        return None
    return (normal_url(url), unescape(title)), gap + 1


def definition(text: str, at: int) -> tuple[str, Target, int] | None:
    """A link reference definition at `at`: label, target, where the next line begins."""
    match = DEFINITION.match(text, at)
    if not match or not match[1].strip():
        return None
    start = match.end()
    found = destination(text, start)
    if found is None or found[1] == start:
        return None
    url, end = found
    line = REST_OF_LINE.match(text, end)
    title = ""
    gap = after_blank(text, end)
    if gap > end:
        quoted = TITLE.match(text, gap)
        closing = REST_OF_LINE.match(text, quoted.end()) if quoted else None
        if quoted and closing:
            title, line = titled(quoted), closing
    if not line:
        return None
    return normal_label(match[1]), (normal_url(url), unescape(title)), line.end()


# A bare address may be followed by Chinese text without a space: the host is ASCII, and the
# punctuation and brackets of CJK scripts end the rest.
BARE_URL = re.compile(
    r"(?:https?://(?:[A-Za-z0-9._~%!$&'*+;=:-]{1,200}@)?|www\.)"
    r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}(?::\d{1,5})?"
    r"(?:[/?#][^\s<>\"`|\\\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—]*)?",
    re.IGNORECASE,
)
BARE_MAIL = re.compile(
    r"(?<![A-Za-z0-9.+_/:-])[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)(?:[A-Za-z0-9-]{1,63}\.){0,10}[A-Za-z]{2,24}(?![A-Za-z0-9_-])"
)
CLOSERS = {")": "(", "]": "[", "}": "{"}


def bare_url(text: str, at: int) -> str:
    """The address that begins here, without the sentence's own punctuation; "" if there is none."""
    match = BARE_URL.match(text, at)
    if not match:
        return ""
    url = trim(match[0])
    host = url.split("://", 1)[-1].split("/", 1)[0]
    return url if "." in host.strip(".") or host.startswith("localhost") or ("://" in url and host) else ""


def trim(url: str) -> str:
    """Cut at the first bracket that closes what the address did not open, and at the end's punctuation."""
    depth = {"(": 0, "[": 0, "{": 0}
    for at, char in enumerate(url):
        if char in depth:
            depth[char] += 1
        elif char in CLOSERS:
            depth[CLOSERS[char]] -= 1
            if depth[CLOSERS[char]] < 0:
                url = url[:at]
                break
    return url.rstrip("?!.,:;*_~'\"([{")
