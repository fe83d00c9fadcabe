"""Presence in a room over all processes: number of listeners and who is typing. Nothing is stored.

Each process tells the others its number of listeners when that changes, and now and then again, so that the number
of a process that died is forgotten. What is told to listeners carries no number and may be lost.
"""

from json import dumps

PULSE = 1.5
"""Minimum seconds between presence frames of a room."""
AGAIN = 30.0
FORGOTTEN = 75.0
WRITES_FOR = 8.0
"""Seconds for which a typing indicator lasts."""
MAX_NAMES = 5
MAX_HEARD = 100


class Presence:
    """Presence in one room, as one process knows it."""

    __slots__ = ("announced", "announced_at", "others", "told", "writing")

    def __init__(self) -> None:
        self.others: dict[str, tuple[int, float]] = {}
        self.writing: dict[str, float] = {}
        self.announced: int | None = None
        self.announced_at = 0.0
        self.told: str | None = None

    def hear_number(self, hub: str, n: int, now: float) -> None:
        if hub not in self.others:
            self.announced = None  # a newcomer does not know ours
        if n:
            self.others[hub] = (n, now)
        else:
            self.others.pop(hub, None)

    def hear_writing(self, name: str, now: float) -> None:
        if name in self.writing or len(self.writing) < MAX_HEARD:
            self.writing[name] = now + WRITES_FOR

    def is_due(self, own: int, now: float) -> bool:
        """Whether this process should announce its number of listeners."""
        if own == self.announced and now - self.announced_at < AGAIN:
            return False
        self.announced, self.announced_at = own, now
        return True

    def news(self, own: int, now: float) -> str | None:
        """The presence frame; None if unchanged."""
        self.others = {hub: values for hub, values in self.others.items() if now - values[1] < FORGOTTEN}
        self.writing = {name: until for name, until in self.writing.items() if until > now}
        reading = own + sum(n for n, _at in self.others.values())
        data = {"reading": reading, "writing": list(self.writing)[:MAX_NAMES]}
        text = dumps({"type": "presence", "data": data}, ensure_ascii=False, separators=(",", ":"))
        if text == self.told:
            return None
        self.told = text
        return text
