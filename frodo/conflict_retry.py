"""Retry transactions that conflicted with others."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model

T = TypeVar("T")
TIMES = 12
IN_THE_WAY = {1205, 1213}
"""MySQL error numbers of a lock wait timeout and a deadlock."""


class EditConflict(Exception):
    """The row was changed since the writer read it."""

    def __init__(self, entry: Model) -> None:
        super().__init__(entry)
        self.entry = entry


def anything(entry: Model) -> bool:
    """Condition that every version fulfils."""
    return True


def retry_on_conflict(verb: Callable[..., T]) -> Callable[..., T]:
    """For a verb that is one transaction: it is done anew when another was in its way, or made the same row first."""

    @wraps(verb)
    def run(*args: Any, **kwargs: Any) -> T:
        for _again in range(TIMES - 1):
            try:
                return verb(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                met_another = isinstance(error, IntegrityError) or is_conflict(error)
                if not met_another or transaction.get_connection().in_atomic_block:
                    raise
        return verb(*args, **kwargs)

    return run


def is_conflict(error: BaseException) -> bool:
    """Whether a concurrent transaction caused the error."""
    return isinstance(error, OperationalError) and bool(error.args) and error.args[0] in IN_THE_WAY
