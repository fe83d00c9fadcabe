"""Front matter and configurations as people write them: words, yes and no, lists."""

import re
import unicodedata
from collections import Counter

import nh3

YES = {"true", "yes", "on", "y", "1"}
NO = {"false", "no", "off", "n", "0", "none", "never"}
SEPARATORS = re.compile(r"\s*[,，、;；]\s*")
TAG = re.compile(r"<(?P<end>/)?(?P<name>[A-Za-z][A-Za-z0-9]*)\b[^<>]*>")
ELEMENTS = nh3.ALLOWED_TAGS | {"font", "script", "style", "big"}
VOID_ELEMENTS = {"br", "hr", "img", "wbr"}


class Fields(dict):
    """Values by name. A name is found in any case, and with hyphens for underscores."""

    def first(self, *names: str) -> object:
        """The first value of these names that is not empty."""
        known = {str(key).lower().replace("-", "_"): value for key, value in self.items()}
        return next((known[name] for name in names if known.get(name) not in (None, "", [], {})), None)

    def word(self, *names: str) -> str:
        return word(self.first(*names))

    def plain(self, *names: str) -> str:
        return plain(self.first(*names))

    def names(self, *names: str, split: bool = False) -> list[str]:
        return names_in(self.first(*names), split=split)

    def table(self, *names: str) -> "Fields":
        return table(self.first(*names))

    def is_true(self, *names: str) -> bool:
        return truth(self.first(*names)) is True

    def is_false(self, *names: str) -> bool:
        return truth(self.first(*names)) is False


def table(value: object) -> Fields:
    """A nested table; an empty one for other values."""
    return Fields(value if isinstance(value, dict) else {})


def truth(value: object) -> bool | None:
    """None for what means neither yes nor no."""
    if isinstance(value, (bool, int, float)):
        return bool(value)
    text = str(value).strip().lower() if value is not None else ""
    return True if text in YES else False if text in NO else None


def word(value: object) -> str:
    """One line of text; empty for lists and other things."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return unicodedata.normalize("NFC", " ".join(str(value).split()))


def plain(value: object) -> str:
    """Text without the HTML elements in it; `List<String>` and a lone `<b>` are text."""
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return without_elements(unicodedata.normalize("NFC", str(value))).strip()


def without_elements(text: str) -> str:
    """Remove the tags of void elements and of elements that are closed as often as they are opened."""
    balance: Counter = Counter()
    for tag in TAG.finditer(text):
        balance[tag["name"].lower()] += -1 if tag["end"] else 1

    def replacement(tag: re.Match) -> str:
        name = tag["name"].lower()
        if name in VOID_ELEMENTS and not tag["end"]:
            return " " if name == "br" else ""
        return "" if name in ELEMENTS and balance[name] == 0 else tag[0]

    return TAG.sub(replacement, text)


def url(value: object) -> str:
    """An absolute http(s) URL; empty for all else."""
    text = word(value)
    is_url = text.startswith(("http://", "https://")) and len(text) <= 500 and not set(text) & set(" <>\"'")
    return text if is_url else ""


def names_in(value: object, *, split: bool = False) -> list[str]:
    """The names in a list (nested or not), in a string with commas or, with `split`, spaces, or in a number."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, (list, tuple)):
        # In a list a comma belongs to the name.
        return [n for item in value for n in (names_in(item) if isinstance(item, (list, dict)) else [word(item)])]
    if isinstance(value, dict):
        return [word(value.get("name") or value.get("title") or next(iter(value), ""))]
    text = word(value)
    parts = SEPARATORS.split(text) if SEPARATORS.search(text) else text.split() if split else [text]
    return [part.strip("\"'#[] ") for part in parts]


def distinct(items: list[str]) -> list[str]:
    """Without empty ones and repetitions in other letter case, in the order given."""
    seen: dict[str, str] = {}
    for item in items:
        name = item.strip()[:100].strip()
        if name:
            seen.setdefault(name.casefold(), name)
    return list(seen.values())
