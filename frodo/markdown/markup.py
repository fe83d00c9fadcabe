"""HTML inside a line, and addresses between angle brackets."""

import re

TAG = (
    r"<(?:[A-Za-z][A-Za-z0-9-]*+"
    r"(?:\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+\s*+/?>"
    r"|/[A-Za-z][A-Za-z0-9-]*+\s*+>)"
)
HTML = re.compile(TAG)
AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
AUTOMAIL = re.compile(
    r"<([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>"
)
MARKS = {"<!--": "-->", "<?": "?>", "<![CDATA[": "]]>", "<!": ">"}
MORE = re.compile(r"<!--\s*more\s*-->")


def end(text: str, at: int, absent: set[str]) -> int:
    """Where the tag, comment, instruction or declaration at `at` ends; 0 when there is none.

    `absent` remembers which closing marks the rest of the text has not, so that nobody looks twice.
    """
    if match := HTML.match(text, at):
        return match.end()
    if text.startswith("<!-->", at):
        return at + 5
    for start, close in MARKS.items():
        if not text.startswith(start, at) or close in absent:
            continue
        if start == "<!" and not text[at + 2 : at + 3].isalpha():
            continue
        found = text.find(close, at + len(start))
        if found >= 0:
            return found + len(close)
        absent.add(close)
    return 0
