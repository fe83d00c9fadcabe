"""Circuit breaker for servers that may be down, so that not every request waits for a timeout."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds after a failure in which calls fail at once. Then one call probes, and success closes the circuit."""
PATIENCE = 5
"""A call that timed out opens the circuit for this many times its duration, so that most of the time nobody waits."""


class CircuitOpen(ConnectionError):
    """The server failed a moment ago and was not called."""


class CircuitBreaker:
    """Logs once that a server is down and once that it is back. Thread-safe."""

    def __init__(self, what: str, patience: float = PATIENCE) -> None:
        self.what = what
        self.patience = patience
        self.is_on = False
        self.next_try = 0.0
        self.lock = threading.Lock()

    @contextmanager
    def asking(self, *errors: type[Exception]) -> Iterator[None]:
        """`with breaker.asking(OSError): call()`; `errors` mean that the server is down. Raises CircuitOpen."""
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
                    raise CircuitOpen(f"{self.what} is away.")
                self.next_try = now + PAUSE * PATIENCE

    def begin(self, error: Exception, waited: float) -> None:
        with self.lock:
            if not self.is_on:
                logger.warning("%s is away: %r", self.what, error)
            self.is_on, self.next_try = True, time.monotonic() + max(PAUSE, waited * self.patience)

    def end(self) -> None:
        with self.lock:
            if self.is_on:
                logger.warning("%s is back", self.what)
            self.is_on = False


redis = CircuitBreaker("Redis")
"""Shared by the cache and the channel layer, which use one server (REDIS_URL)."""
