"""Space between Chinese and Latin text, for browsers without `text-autospace`.

That property is supported since Chrome 140, Safari 18.4 and Firefox 145; browsers inside apps are often older.
A space character would be copied and searched as if the author had typed it. So an empty element is inserted at each
boundary; its margin is the space, and newer browsers hide it. It is inserted when pages are rendered and is not stored:
feeds, the API, search and exports do not contain it.
"""

import re
from functools import lru_cache

CJK = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
LATIN = "A-Za-z0-9\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"
"""Letters and digits, as CSS Text 4 has it: no punctuation."""
GAP = '<i class="gap"></i>'
BOUNDARY = re.compile(f"(?<=[{CJK}])(?=[{LATIN}])|(?<=[{LATIN}])(?=[{CJK}])")
EITHER = re.compile(f"[{CJK}]")
ENDS = re.compile(f"[{CJK}{LATIN}]")
MARKUP = re.compile(r"<(pre|code|kbd|samp|math|svg|button|sup)\b.*?</\1\s*>|<[^>]*>|&#?\w+;", re.DOTALL)
INLINE = re.compile(r"</?(?:a|abbr|b|cite|del|em|i|ins|mark|q|s|small|span|strong|u)\b[^>]*>")


@lru_cache(maxsize=128)
def with_gaps(html: str) -> str:
    """Insert GAP where scripts meet, except in code and formulas."""
    if not EITHER.search(html):
        return html
    out: list[str] = []
    tags: list[str] = []  # inline tags since the last text, across which scripts meet as well
    before = ""
    done = 0

    def add(text: str) -> None:
        nonlocal before
        if before and ENDS.match(text) and BOUNDARY.search(before + text[0]):
            at = next((n for n, tag in enumerate(tags) if not tag.startswith("</")), len(tags))
            tags.insert(at, GAP)  # outside a link, which would underline it
        out.extend(tags)
        tags.clear()
        out.append(BOUNDARY.sub(GAP, text))
        before = text[-1]

    for match in MARKUP.finditer(html):
        if match.start() > done:
            add(html[done : match.start()])
        if not INLINE.fullmatch(match[0]):
            before = ""
        tags.append(match[0])
        done = match.end()
    if done < len(html):
        add(html[done:])
    return "".join([*out, *tags])
