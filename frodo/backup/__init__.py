"""Backups of the database, the media files and the themes (docs/backup.md).

One backup is one tar file: `database.sqlite3.gz` or `database.sql.gz`, the media files below `media/`, the themes of
DATA_DIR below `themes/`, and at the end `manifest.json` with row counts and checksums. It may be encrypted by age or
GnuPG.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime


class BackupError(Exception):
    """A backup or restore that cannot be done; the message says why and what to do."""


PERIODS: dict[str, Callable[[datetime], tuple]] = {
    "d": lambda moment: (moment.year, moment.month, moment.day),
    "w": lambda moment: moment.isocalendar()[:2],
    "m": lambda moment: (moment.year, moment.month),
    "y": lambda moment: (moment.year,),
}


def parse_policy(text: str) -> dict[str, int]:
    """`7d,4w,12m` as `{"d": 7, "w": 4, "m": 12}`; empty: every backup is kept. Raises ValueError."""
    policy: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = re.fullmatch(r"(\d{1,5})([dwmy])", part)
        if not found:
            raise ValueError(f"{part!r} is not a number followed by d, w, m or y")
        policy[found[2]] = int(found[1])
    return policy


def outdated(moments: Iterable[datetime], policy: dict[str, int]) -> list[datetime]:
    """Those that the policy does not keep: it keeps the newest, and that of each of the last days, weeks, months."""
    newest_first = sorted(moments, reverse=True)
    if not policy:
        return []
    kept = set(newest_first[:1])
    for unit, count in policy.items():
        newest: dict[tuple, datetime] = {}
        for moment in newest_first:
            newest.setdefault(PERIODS[unit](moment), moment)
        kept.update(list(newest.values())[:count])
    return [moment for moment in newest_first if moment not in kept]
