"""What people call themselves: made showable, and compared as eyes compare."""

import re
import unicodedata

KEPT = {"\u200c", "\u200d"}
"""Joiners: Persian words and family emoji are written with them."""


def clean(name: str) -> str:
    """One line, without what cannot be seen or turns the line around."""
    name = "".join(" " if c.isspace() else c for c in name)
    name = "".join(c for c in name if c in KEPT or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cn", "Cs"})
    return re.sub(" +", " ", name).strip(" \u200c\u200d")


def can_be_seen(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LNSP" and c not in BLANK for c in text)


BLANK = {"\u3164", "\u115f", "\u1160", "\uffa0", "\u2800"}
"""Letters that show nothing."""


def folded(name: str) -> str:
    """Equal for names that look alike: width, case, spaces and invisible characters do not count."""
    name = unicodedata.normalize("NFKC", name).casefold()
    name = unicodedata.normalize("NFKC", name)
    return "".join(c for c in name if unicodedata.category(c)[0] in "LNSP" and c not in BLANK)
