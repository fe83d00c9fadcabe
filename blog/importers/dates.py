"""Dates as people write them in front matter and file names."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WRITTEN = re.compile(
    r"""(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?
    (?:[T\s,]*(\d{1,2})\s*[:：时點点]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2})(?:[.,](\d{1,9}))?)?\s*[分秒]?
    \s*([AaPp]\.?[Mm]\.?)?)?
    \s*(.*)$""",
    re.VERBOSE,
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?()()(Z?)$")
OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ENGLISH = re.compile(r"(?:[A-Za-z]+,\s*)?([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(.*)$")
EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)
"""The first date that every database takes. Go's `0001-01-01` means no date."""
LATEST = datetime(9998, 12, 31, tzinfo=UTC)
"""A later one means never, and could not be shown in every time zone."""
IN_NAME = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?)?)(?:[-_ ]+|$)")
"""With a time of day in Zola's names only."""


def read(value: object, zone: tzinfo | None) -> datetime | None:
    """A moment in UTC, or None if it is none. Without an offset of its own it is a time of `zone`."""
    moment = as_written(value, zone)
    return moment and bounded(moment)


def as_written(value: object, zone: tzinfo | None) -> datetime | None:
    """The same with the wall clock and the offset that were written; its zone is `zone` if none was."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)) and not COMPACT.match(str(value)):
        return from_number(value)
    text = str(value).strip()
    english = ENGLISH.match(text)
    if english and english[1].lower() in MONTHS:
        text = f"{english[3]}-{MONTHS.index(english[1].lower()) + 1}-{english[2]}{english[4]}"
    match = WRITTEN.match(text) or COMPACT.match(text)
    try:
        moment = from_parts(match, zone) if match else parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def bounded(moment: datetime) -> datetime | None:
    """In UTC; None before EARLIEST, and LATEST at the latest."""
    if moment.year >= LATEST.year:
        return LATEST
    return moment.astimezone(UTC) if moment.year > EARLIEST.year else None  # a year's margin for the offset


def from_number(value: float) -> datetime | None:
    """Seconds or milliseconds since 1970, as some tools write."""
    if value < 10**8:
        return None
    try:
        return datetime.fromtimestamp(value / 1000 if value > 10**11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def from_parts(match: re.Match, zone: tzinfo | None) -> datetime:
    year, month, day, hour, minute, second, fraction, half, rest = match.groups()
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    seconds = min(int(second or 0), 59)  # a leap second
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    moment = datetime(int(year), int(month), int(day), tzinfo=None) + (
        timedelta(days=1) if hours == 24 else timedelta(hours=checked(hours, 23))
    )
    moment += timedelta(minutes=checked(int(minute or 0), 59), seconds=seconds, microseconds=micro)
    return moment.replace(tzinfo=zone_of(rest.strip()) or zone)


def checked(number: int, most: int) -> int:
    if number > most:
        raise ValueError(number)
    return number


def zone_of(text: object) -> tzinfo | None:
    """`Z`, `+0800`, `UTC+8`, `Asia/Shanghai`; None for anything else."""
    if not isinstance(text, str) or not text:
        return None
    if text in ("Z", "z"):
        return UTC
    offset = OFFSET.match(text)
    if offset:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if shift >= timedelta(hours=24):
            return None
        return timezone(shift if offset[1] == "+" else -shift)
    if text.isalpha() and text.isupper() and text not in ("UTC", "GMT"):
        return None  # CST is three zones
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def from_name(stem: str, zone: tzinfo | None) -> tuple[datetime | None, str]:
    """The date that a file name begins with, and the name without it."""
    match = IN_NAME.match(stem)
    moment = read(match[1], zone) if match else None
    return (moment, stem[match.end() :] or stem) if match and moment else (None, stem)
