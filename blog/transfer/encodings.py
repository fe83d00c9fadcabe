"""Bytes to text: what people's editors of twenty years have written."""

import codecs
import re

from blog.transfer.refusals import NotText

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


def decode(data: bytes) -> tuple[str, str]:
    """The text with plain newlines, and the name of the encoding it was in."""
    name = encoding_of(data)
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise NotText from error
    return clean(text), name.removesuffix("-sig")


def clean(text: str) -> str:
    """Without carriage returns, control characters and halves of characters that no database takes."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def encoding_of(data: bytes) -> str:
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    if b"\0" in data:
        return wide_encoding(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return old_encoding(data)
    return "utf-8"


def wide_encoding(data: bytes) -> str:
    """UTF-16 without a mark has a zero in every other byte of its Latin part; other zeros mean no text."""
    start = data[:2000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if len(data) % 2 == 0 and max(even, odd) > len(start) / 8 and min(even, odd) == 0:
        return "utf-16-be" if even else "utf-16-le"
    raise NotText


def old_encoding(data: bytes) -> str:
    """GBK, Big5 or Windows Latin: whichever makes the most everyday characters of it."""
    best, name = 0.5, ""
    for candidate, everyday in (("gb18030", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7))):
        share = everyday_share(data, candidate, everyday)
        if share > best:
            best, name = share, candidate
    if name:
        return name
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise NotText from error
    if len(CONTROLS.findall(text)) > len(text) / 50:
        raise NotText
    return "cp1252"


def everyday_share(data: bytes, name: str, everyday: range) -> float:
    """How much of the non-ASCII text is in the rows of an encoding that hold its common characters."""
    try:
        wide = [c.encode(name) for c in data.decode(name) if ord(c) > 127]
    except UnicodeDecodeError:
        return 0
    punctuation = (0xA1, 0xA3)
    return sum(c[0] in everyday or c[0] in punctuation for c in wide) / len(wide) if wide else 0
