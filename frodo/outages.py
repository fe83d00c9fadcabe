"""Servers beside us that may be away. Then not everybody asks them, each with a wait of his own."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds after a failure in which nobody asks. Then one does, and the others when he was answered."""
PATIENCE = 5
"""Whoever waited in vain earns the others a pause so many times as long: most of the time nobody waits."""


class Away(ConnectionError):
    """It did not answer a moment ago, and was not asked now."""


class Outage:
    """Says once that a server is away, and once that it is back. Threads may share it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.is_on = False
        self.next_try = 0.0
        self.lock = threading.Lock()

    @contextmanager
    def asking(self, *errors: type[Exception]) -> Iterator[None]:
        """`with outage.asking(OSError): ask()`; `errors` are those that tell of an outage. Raises Away."""
        self.take_turn()
        began = time.monotonic()
        try:
            yield
        except errors as error:
            self.begin(error, time.monotonic() - began)
            raise
        if self.is_on:
            self.end()

    def take_turn(self) -> None:
        if self.is_on:
            with self.lock:
                now = time.monotonic()
                if now < self.next_try:
                    raise Away(f"{self.what} is away.")
                self.next_try = now + PAUSE * PATIENCE  # or until he knows

    def begin(self, error: Exception, waited: float) -> None:
        with self.lock:
            if not self.is_on:
                logger.warning("%s is away: %r", self.what, error)
            self.is_on, self.next_try = True, time.monotonic() + max(PAUSE, waited * PATIENCE)

    def end(self) -> None:
        with self.lock:
            if self.is_on:
                logger.warning("%s is back", self.what)
            self.is_on = False


class NotTold(logging.Filter):
    """Leaves out what is logged for each of those who were sent away: the outage had its line."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not isinstance(sys.exception(), Away)
