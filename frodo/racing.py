"""Verbs that meet one another in the database."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model

T = TypeVar("T")
TIMES = 4
IN_THE_WAY = {1205, 1213}
"""MySQL's numbers for: waited too long for a lock, and a deadlock, in which it lets one go on and ends the other."""


class ChangedMeanwhile(Exception):
    """The row is not what the writer thinks it is."""

    def __init__(self, entry: Model) -> None:
        super().__init__(entry)
        self.entry = entry


def anything(entry: Model) -> bool:
    """What a writer expects who expects nothing."""
    return True


def taken_up_again(verb: Callable[..., T]) -> Callable[..., T]:
    """For a verb that is one transaction: it is done anew when another was in its way, or made the same row first."""

    @wraps(verb)
    def run(*args, **kwargs) -> T:
        for _again in range(TIMES - 1):
            try:
                return verb(*args, **kwargs)
            except (IntegrityError, OperationalError) as error:
                met_another = isinstance(error, IntegrityError) or was_in_the_way(error)
                if not met_another or transaction.get_connection().in_atomic_block:
                    raise
        return verb(*args, **kwargs)

    return run


def was_in_the_way(error: Exception) -> bool:
    """Was it another transaction that ended this one?"""
    return isinstance(error, OperationalError) and bool(error.args) and error.args[0] in IN_THE_WAY
