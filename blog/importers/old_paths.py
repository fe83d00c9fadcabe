"""Paths that posts had on their old site, normalized: `/2019/07/标题`."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from blog.posts.slugs import normal_path, slug_for

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TOKEN = re.compile(r":\{?(\w*[^\W_])\}?", re.ASCII)


def normal_all(urls: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(normal_path, urls))))


def of_urls(urls: list[str]) -> list[str]:
    """The paths of an export's URLs, and plain permalinks such as `/?p=12`."""
    return normal_all([url for url in urls if "?" not in url]) + [url for url in urls if url.startswith("/?")]


def fill_pattern(pattern: str, values: Mapping[str, str | None]) -> str | None:
    """A permalink pattern with its `:tokens` replaced; None if one of them is not known."""
    missing = False

    def value(match: re.Match) -> str:
        nonlocal missing
        known = values.get(match[1])
        missing = missing or known is None
        return known or ""

    whole = TOKEN.sub(value, pattern)
    return None if missing else re.sub(r"/{2,}", "/", whole)


def hyphened(text: str, also: str = "") -> str:
    """Letters, marks, digits and `also` as they are, a hyphen for each run of anything else, none at the ends."""
    kept = (c if c in also or unicodedata.category(c)[0] in "LM" or c.isdecimal() else "\n" for c in text)
    return re.sub(r"^-|-$", "", re.sub(r"\n+", "-", "".join(kept)))


def without_accents(text: str) -> str:
    """Latin letters without their marks."""
    parts = unicodedata.normalize("NFD", text)
    bare = re.sub(r"(?<=[A-Za-z])[\u0300-\u036f]+", "", parts)
    return unicodedata.normalize("NFC", bare)


def date_values(moment: datetime) -> dict[str, str]:
    """What permalinks say of a (local) time."""
    return {
        "year": f"{moment.year:04}",
        "short_year": f"{moment.year % 100:02}",
        "month": f"{moment.month:02}",
        "i_month": str(moment.month),
        "monthname": MONTHS[moment.month - 1].lower(),
        "long_month": MONTHS[moment.month - 1],
        "short_month": MONTHS[moment.month - 1][:3],
        "weekday": str(moment.isoweekday() % 7),
        "weekdayname": DAYS[moment.weekday()].lower(),
        "long_day": DAYS[moment.weekday()],
        "short_day": DAYS[moment.weekday()][:3],
        "w_day": str(moment.isoweekday()),
        "w_year": moment.strftime("%G"),
        "week": moment.strftime("%V"),
        "day": f"{moment.day:02}",
        "i_day": str(moment.day),
        "y_day": moment.strftime("%j"),
        "yearday": str(int(moment.strftime("%j"))),
        "hour": f"{moment.hour:02}",
        "minute": f"{moment.minute:02}",
        "second": f"{moment.second:02}",
    }


def slug_in(url: str) -> str:
    """The last part of a URL as a slug: of `/2019/tea.html`, `tea`."""
    last = normal_path(url).rpartition("/")[2]
    return slug_for(re.sub(r"\.(?:html?|php|aspx?|md)$", "", last, flags=re.IGNORECASE))
