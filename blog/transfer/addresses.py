"""Addresses posts had on their old site, in the one spelling we keep: `/2019/07/标题`."""

import re
from datetime import datetime
from urllib.parse import unquote, urlsplit

from blog.posts.slugs import slug_for

LONGEST = 500
TOKEN = re.compile(r":\{?([a-zA-Z_]+)\}?")


def normal(address: str) -> str:
    """Decoded, one slash at the start and none at the end, no `index.html`, no way up. Empty if nothing is left."""
    try:
        parts = urlsplit(address.strip().replace("\\", "/"))
    except ValueError:
        return ""
    path = re.sub(r"[\x00-\x1f\x7f]", "", unquote(parts.path))
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    if steps and steps[-1] in ("index.html", "index.htm", "index.php"):
        steps.pop()
    whole = "/" + "/".join(steps)
    return whole if steps and len(whole) <= LONGEST else ""


def normal_all(addresses: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(normal, addresses))))


def filled(pattern: str, values: dict[str, str | None]) -> str | None:
    """A permalink pattern with its `:tokens` replaced; None if one of them is not known."""
    missing = False

    def value(found: re.Match) -> str:
        nonlocal missing
        known = values.get(found[1])
        missing = missing or known is None
        return known or ""

    whole = TOKEN.sub(value, pattern)
    return None if missing else re.sub(r"/{2,}", "/", whole)


def date_values(moment: datetime) -> dict[str, str]:
    """What permalinks say of a (local) time."""
    return {
        "year": f"{moment.year:04}",
        "short_year": f"{moment.year % 100:02}",
        "month": f"{moment.month:02}",
        "i_month": str(moment.month),
        "monthname": moment.strftime("%B").lower(),
        "day": f"{moment.day:02}",
        "i_day": str(moment.day),
        "y_day": moment.strftime("%j"),
        "yearday": str(int(moment.strftime("%j"))),
        "hour": f"{moment.hour:02}",
        "minute": f"{moment.minute:02}",
        "second": f"{moment.second:02}",
    }


def slug_in(address: str) -> str:
    """The last words of an address as a slug: of `/2019/tea.html`, `tea`."""
    last = normal(address).rpartition("/")[2]
    return slug_for(re.sub(r"\.(?:html?|php|aspx?|md)$", "", last, flags=re.IGNORECASE))
