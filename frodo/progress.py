"""Progress of long tasks, with the time left: a bar on a terminal, or a dictionary for a page that shows it."""

import shutil
import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

Progress = Callable[[str, int, int], None]
"""Called with the kind of work, how much of it is done, and how much there is."""
STEP, NOTE_STEP = 0.1, 1.0
"""Seconds between two drawings of a bar, and between two notes."""


def no_progress(_work: str, _done: int, _total: int) -> None:
    """Progress that is not shown."""


def time_left(since: float, done: int, total: int) -> str:
    """In words, once enough is done to know; `since` is in seconds since 1970."""
    elapsed = time.time() - since
    if not since or not total or not done or elapsed < 2:
        return ""
    seconds = round(elapsed / done * (total - done))
    return _("%(n)d min left") % {"n": seconds // 60} if seconds >= 120 else _("%(n)d s left") % {"n": seconds}


class Bar:
    """Draws on `stream`; draws nothing where that is None."""

    def __init__(self, stream: OutputWrapper | None) -> None:
        self.stream, self.drawn = stream, 0.0
        self.work, self.since = "", 0.0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.stream and self.drawn:
            self.write("\r\033[K")

    def show(self, work: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self.stream is None or not total or now - self.drawn < STEP:
            return
        self.drawn = now
        if work != self.work:
            self.work, self.since = work, time.time()
        left = time_left(self.since, done, total)
        width = max(10, min(40, shutil.get_terminal_size().columns - 45))
        full = round(width * done / total)
        self.write(f"\r\033[K{'█' * full}{'·' * (width - full)} {work} {done}/{total} {left}")

    def write(self, text: str) -> None:
        """Without the red of errors, which a command's stream adds on a terminal."""
        if self.stream is not None:
            self.stream.write(text, style_func=str, ending="")
            self.stream.flush()


class Notes:
    """Hands `write` a dictionary at most once a second: `work`, `done`, `total`, and `since` in seconds since 1970."""

    def __init__(self, write: Callable[[dict], object]) -> None:
        self.write, self.noted, self.work, self.since = write, 0.0, "", 0.0

    def __call__(self, work: str, done: int, total: int) -> None:
        now = time.time()
        if work != self.work:
            self.work, self.since = work, now
        if now - self.noted >= NOTE_STEP:
            self.noted = now
            self.write({"work": work, "done": done, "total": total, "since": self.since})
