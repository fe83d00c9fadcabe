"""A lock that is given to those who wait in the order in which they came."""

import sqlite3
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

from frodo.orm_threads import Busy
from frodo.text import fold


class FairLock:
    """`threading.Lock` and SQLite's busy loop wake anybody: some writers are overtaken for a second."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._is_held = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, timeout: float) -> bool:
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # handed over in the last moment

    def release(self) -> None:
        """Hand over to the next; any thread may do it."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


locks: defaultdict[str, FairLock] = defaultdict(FairLock)
"""One for each database file."""


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class CursorWrapper(base.SQLiteCursorWrapper):
    """A statement that writes outside of a transaction waits for its turn, too."""

    def __init__(self, connection: sqlite3.Connection, wrapper: "DatabaseWrapper") -> None:
        super().__init__(connection)
        self.wrapper = wrapper

    def execute(self, query: str, params: Any = None) -> Any:
        with self.wrapper.writing(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.writing(query):
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction takes its turn before BEGIN IMMEDIATE, and gives it back when it ends, however it ends."""

    has_turn = False

    def get_new_connection(self, parameters: dict[str, Any]) -> sqlite3.Connection:
        connection = super().get_new_connection(parameters)
        connection.create_function("FOLD", 1, lambda text: fold(text or ""), deterministic=True)
        return connection

    def create_cursor(self, name: str | None = None) -> CursorWrapper:
        return self.connection.cursor(factory=lambda connection: CursorWrapper(connection, self))

    def take_turn(self) -> None:
        if self.is_in_memory_db():
            return  # a test's: there is one connection
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        if not locks[str(self.settings_dict["NAME"])].acquire(seconds):
            raise Busy(f"Other writers held the database for {seconds} s.")
        self.has_turn = True

    def end_turn(self) -> None:
        if self.has_turn:
            self.has_turn = False
            locks[str(self.settings_dict["NAME"])].release()

    @contextmanager
    def writing(self, query: str) -> Iterator[None]:
        if self.has_turn or self.in_atomic_block or not query.startswith(WRITES):
            yield
            return
        self.take_turn()
        try:
            yield
        finally:
            self.end_turn()

    def _start_transaction_under_autocommit(self) -> None:
        self.take_turn()
        has_begun = False
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # absent from the stubs, as below
            has_begun = True
        finally:
            if not has_begun:
                self.end_turn()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # after an error comes a rollback; SQLite holds its lock until then
        self.end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # as above
        finally:
            self.end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # as above
        finally:
            self.end_turn()
