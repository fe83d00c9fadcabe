"""Bytes of a page to text: what it is said to be written in, unless that cannot be true."""

import codecs
import re

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
META = re.compile(rb"""<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
START = 4096
"""Bytes within which a page says what it is written in."""
LANGUAGE = re.compile(rb"""<html\b[^>]{0,500}?\blang\s*=\s*["']?([a-z]{2}(?:-[a-z]+)?)""", re.I)

BROADER = {
    # What browsers read instead of what is said: the broader encoding of which it is a part.
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
"""All that a page may be written in. Python knows more codecs, among them some that are none of text."""
OF_LANGUAGE = {
    "ja": ("euc_jp", "cp932"),
    "ko": ("cp949",),
    "zh-tw": ("big5hkscs",),
    "zh-hk": ("big5hkscs",),
    "zh-hant": ("big5hkscs",),
}
ENOUGH = 8
"""So many characters that make sense as UTF-8 do not do so by chance."""


def decode(body: bytes, said: str = "") -> str:
    """`said` is the header's charset. The body may have been cut off anywhere."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return decoded(body.removeprefix(mark), name)
    declared = [name for name in (codec(said), codec_of(body)) if name]
    if not (declared and declared[0].startswith("utf-16")):
        text = decoded(body, "utf-8")
        if n_broken(text) == 0 and (not declared or n_wide(text) >= ENOUGH or n_wide(text) == 0):
            # Some encodings say more with ASCII than ASCII; of those only what was declared can tell.
            return decoded(body, "iso2022_jp") if "iso2022_jp" in declared else text
    tried = list(dict.fromkeys([*declared, "utf-8", *guesses(body)]))
    for name in tried:
        text = decoded(body, name)
        if n_broken(text) * 50 <= n_wide(text):
            return text
    return decoded(body, tried[0] if declared else "cp1252")


def decoded(body: bytes, name: str) -> str:
    """Without the half of a character at the end."""
    return codecs.getincrementaldecoder(name)("replace").decode(body)


def n_broken(text: str) -> int:
    return text.count("\ufffd")


def n_wide(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def codec(label: str) -> str:
    """Python's name for what a page calls it; empty for what no page is written in."""
    try:
        name = (
            codecs.lookup(label.lower().removeprefix("x-")).name if re.fullmatch(r"[\w.:-]{1,40}", label, re.A) else ""
        )
    except LookupError:
        return ""
    name = BROADER.get(name, name)
    return name if name in KNOWN else ""


def codec_of(body: bytes) -> str:
    found = META.search(body[:START])
    name = codec(found[1].decode("ascii", "replace")) if found else ""
    return "utf-8" if name.startswith("utf-16") else name  # else this could not have been read


def guesses(body: bytes) -> tuple[str, ...]:
    found = LANGUAGE.search(body[:START])
    language = found[1].decode("ascii").lower() if found else ""
    return OF_LANGUAGE.get(language) or OF_LANGUAGE.get(language[:2]) or ("gb18030",)
