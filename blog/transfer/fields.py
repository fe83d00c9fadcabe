"""Front matter's values as people write them: words, truths, lists."""

import re

from django.utils.html import strip_tags

YES = {"true", "yes", "on", "y", "1"}
NO = {"false", "no", "off", "n", "0", "none", "never"}
SEPARATORS = re.compile(r"\s*[,，、;；]\s*")


def truth(value: object) -> bool | None:
    """None where neither yes nor no is said."""
    if isinstance(value, (bool, int, float)):
        return bool(value)
    word = str(value).strip().lower() if value is not None else ""
    return True if word in YES else False if word in NO else None


def word(value: object) -> str:
    """One line of text; empty for lists and other things."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return " ".join(str(value).split())


def plain(value: object) -> str:
    """Text without HTML."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return strip_tags(str(value)).strip()


def names(value: object, *, apart: bool = False) -> list[str]:
    """A list however it is written: nested, a string with commas, `apart` by spaces, a number, nothing."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, (list, tuple)):
        # In a list a comma belongs to the name.
        return [name for item in value for name in (names(item) if isinstance(item, (list, dict)) else [word(item)])]
    if isinstance(value, dict):
        return [word(value.get("name") or value.get("title") or next(iter(value), ""))]
    text = word(value)
    parts = SEPARATORS.split(text) if SEPARATORS.search(text) else text.split() if apart else [text]
    return [part.strip("\"'#[] ") for part in parts]


def distinct(items: list[str]) -> list[str]:
    """Without empty ones and without the same again in other letters, in the order given."""
    seen: dict[str, str] = {}
    for item in items:
        name = item.strip()[:100].strip()
        if name:
            seen.setdefault(name.casefold(), name)
    return list(seen.values())


def first(data: dict, *keys: str) -> object:
    """The first value that says something, by any of its names in any letters."""
    known = {str(key).lower().replace("-", "_"): value for key, value in data.items()}
    return next((known[key] for key in keys if known.get(key) not in (None, "", [], {})), None)
