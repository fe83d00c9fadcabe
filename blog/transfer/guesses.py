"""What a text says of itself where its front matter is silent."""

import re

from blog.posts.languages import LONGEST, written_in
from blog.transfer.markup.shelter import TOKEN, Shelter

HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<text>.+?)[ \t#]*$|^(?P<under>\S.*)\n=+[ \t]*$", re.MULTILINE)
MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]+>|\{[#:][^}]*\}|(?<!\w)[*_]{1,3}|[*_]{1,3}(?!\w)|`+")


def title_of(text: str) -> tuple[str, str]:
    """The first heading, and the text without it where it began the text."""
    shelter = Shelter()
    held = shelter.hold_code(text[:LONGEST])
    found = next((f for f in HEADING.finditer(held) if (f["text"] or f["under"]).strip()), None)
    if found is None:
        return "", text
    title = MARKS.sub(r"\1", shelter.restore(found["text"] or found["under"])).strip()
    if held[: found.start()].strip() or not title:
        return title, text
    return title, shelter.restore(held[found.end() :]).lstrip("\n") + text[LONGEST:]


def language_of(text: str, said: object, default: str) -> str:
    """One of ours: what front matter says, or what the text is written in."""
    word = said.strip().lower().replace("_", "-") if isinstance(said, str) else ""
    if word.startswith(("zh", "cn", "chinese", "中文")):
        return "zh-hans"
    if word.startswith("en"):
        return "en"
    words = TOKEN.sub("", Shelter().hold_code(text[:LONGEST]))
    return written_in(words, default)


def title_from_name(name: str) -> str:
    words = re.sub(r"[-_]+", " ", name).strip()
    return " ".join(word[:1].upper() + word[1:] if word.isascii() else word for word in words.split())
