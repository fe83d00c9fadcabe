"""Slugs from titles, in which Chinese is kept; and normalised URL paths, as redirects store them: `/2019/07/标题`."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from django.db import models

MAX_LENGTH = 100
MARKS = {"Mn", "Mc"}
"""Unicode categories of combining marks."""
JOINERS = {"\u200c", "\u200d"}


def slug_for(title: str) -> str:
    """A slug of a title: `"异步 Django: 一"` gives `"异步-django-一"`. Empty if nothing is left.

    Unlike Django's slugify it splits at full-width punctuation and keeps the vowels of Indic scripts.
    """
    title = unicodedata.normalize("NFKC", title).lower()
    kept = re.sub(r"[-\s]+", "-", "".join(map(in_slug, title, " " + title))).strip("-_")
    return whole_letters(kept, MAX_LENGTH).strip("-_")


def pinyin_slug(title: str) -> str:
    """A slug of ASCII letters for a Chinese title: `"春天的茶"` gives `"chun-tian-de-cha"`."""
    from pypinyin import lazy_pinyin  # its dictionary takes 0.2 s and 57 MB

    return slug_for("-".join(lazy_pinyin(title)).lower())


def in_slug(c: str, before: str) -> str:
    """The character itself, nothing, or a hyphen."""
    kind = unicodedata.category(c)
    if c.isalnum() or c == "_":
        return c
    if kind in MARKS:
        is_part = unicodedata.category(before) in {*MARKS, "Lu", "Ll", "Lt", "Lm", "Lo"} or before in JOINERS
        return c if is_part and not 0xFE00 <= ord(c) <= 0xFE0F else ""
    return " " if (kind[0] in "PSZ" and c not in "'’") or c.isspace() else ""


def whole_letters(slug: str, length: int) -> str:
    """Truncate a slug without separating a letter from its marks."""
    while 0 < length < len(slug) and unicodedata.category(slug[length]) in MARKS:
        length -= 1
    return slug[:length]


def free_slug(model: type[models.Model], title: str, *, fallback: str = "") -> str:
    """An unused slug for `title`; -2, -3 are appended where needed."""
    slug = slug_for(title) or fallback or model.__name__.lower()
    taken = set(model._base_manager.filter(slug__startswith=slug).values_list("slug", flat=True))
    candidate, n = slug, 1
    while candidate in taken:
        n += 1
        candidate = f"{slug}-{n}"
    return candidate


MAX_PATH = 500
INDEX = {"index.html", "index.htm", "index.php"}


def normal_path(url: str) -> str:
    """The path of a URL or of part of one, percent-decoded; empty for the home page and for what is no URL."""
    try:
        path = urlsplit(url.strip().replace("\\", "/")).path
    except ValueError:
        return ""
    return normal_decoded(unquote(path))


def normal_decoded(path: str) -> str:
    """In NFC, one slash at the start and none at the end, no `index.html`, no way up. Empty if nothing is left."""
    path = unicodedata.normalize("NFC", re.sub(r"[\x00-\x1f\x7f]", "", path))
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    if steps and steps[-1] in INDEX:
        steps.pop()
    whole = "/" + "/".join(steps)
    return whole if steps and len(whole) <= MAX_PATH else ""
