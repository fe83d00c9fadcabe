"""Bytes to text: web pages and imported files, in whatever encoding they were written.

A byte order mark decides. Then comes what is declared (the header's charset, `<meta charset>`), then UTF-8, then what
charset-normalizer makes of it (docs/decisions.md has its figures).
"""

import codecs
import re
from itertools import chain

from frodo.text import FORBIDDEN

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
START = 4096
"""Bytes within which a page declares its encoding."""
META = re.compile(rb"""<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
LANGUAGE = re.compile(rb"""<html\b[^>]{0,500}?\blang\s*=\s*["']?([a-z]{2})""", re.I)

BROADER = {
    # As in the WHATWG Encoding Standard: the encoding that a declared one is part of.
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
    "utf-8-sig": "utf-8",
}
KNOWN = {
    *(f"cp125{n}" for n in range(9)),
    *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    *("cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
    *("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", "cp932", "euc_jp", "iso2022_jp", "cp949"),
}
"""What a page may declare. Python has more codecs, among them some that are not text encodings."""
VALID_UTF_8_TOO = {"utf-16-le", "utf-16-be", "iso2022_jp"}

COMMON = ["gb18030", "big5hkscs", "cp1252"]
BY_LANGUAGE = {b"ja": ["cp932", "euc_jp"], b"ko": ["cp949"], b"ru": ["cp1251", "koi8-r"]}
LONG_ENOUGH = 60
"""Bytes beyond ASCII from which Japanese, Korean and Russian can be told from Chinese without a declared language."""
BEYOND_ASCII = bytes(range(128, 256))
GUESS = ""
ENOUGH = 8
"""Number of non-ASCII characters above which valid UTF-8 is no coincidence."""


def decode_html(body: bytes, charset: str = "") -> str:
    """Decode a page that may have been cut off anywhere; `charset` is the header's."""
    meta, language = META.search(body, 0, START), LANGUAGE.search(body, 0, START)
    declared = codec(meta[1].decode("ascii", "replace")) if meta else ""
    if declared.startswith("utf-16"):
        declared = "utf-8"  # else META would not have matched
    return decode(body, charset, declared, language=language[1].lower() if language else b"")[0]


def decode(data: bytes, *declared: str, language: bytes = b"") -> tuple[str, str]:
    """Return the text and the name of its encoding, which is empty if none fits. Half a character at the end goes."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return decoded(data.removeprefix(mark), name), name
    names = [name for name in map(codec, declared) if name]
    if b"\0" not in data and not VALID_UTF_8_TOO.intersection(names) and (text := as_utf_8(data)) is not None:
        n = n_wide(text)
        if not names or n == 0 or n >= ENOUGH:
            return text, "utf-8"
    for name in (*names, "utf-8", GUESS, "gb18030", *([] if names else ["cp1252"])):
        text = decoded(data, name := guess(data, language) if name is GUESS else name)
        n_broken = text.count("\ufffd") + len(FORBIDDEN.findall(text))
        if n_broken * 50 <= n_wide(text):
            return text, name
    return decoded(data, names[0] if names else "cp1252"), ""


def as_utf_8(data: bytes) -> str | None:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None


def guess(data: bytes, language: bytes) -> str:
    from charset_normalizer import from_bytes  # 0.04 s and 4 MB, which a server seldom needs

    candidates = BY_LANGUAGE.get(language, COMMON)
    if b"\0" in data:
        candidates = ["utf-16-le", "utf-16-be"]
    elif len(data) - len(data.translate(None, BEYOND_ASCII)) >= LONG_ENOUGH:
        # No character of the others contains one of these bytes, so this ends with a whole character.
        data = data[: max(data.rfind(end) for end in (b"\n", b" ", b"<")) + 1] or data
        if candidates is COMMON:
            candidates = [*COMMON, *chain(*BY_LANGUAGE.values())]
    best = from_bytes(data, cp_isolation=candidates, threshold=0.5, enable_fallback=False).best()
    return codecs.lookup(best.encoding).name if best else "utf-8"


def decoded(data: bytes, name: str) -> str:
    return codecs.getincrementaldecoder(name)("replace").decode(data)


def n_wide(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def codec(label: str) -> str:
    """Return Python's name of a declared encoding; empty if it is not one of the web's encodings."""
    try:
        name = (
            codecs.lookup(label.lower().removeprefix("x-")).name if re.fullmatch(r"[\w.:-]{1,40}", label, re.A) else ""
        )
    except LookupError:
        return ""
    name = BROADER.get(name, name)
    return name if name in KNOWN else ""
