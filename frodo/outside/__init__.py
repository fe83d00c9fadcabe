"""Other people's pages, fetched politely, and never from inside our own network (docs/outside.md)."""

from frodo.outside.errors import (
    BadAnswer,
    BadStatus,
    BadUrl,
    NotFetched,
    NotPublic,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    WrongType,
)
from frodo.outside.fetching import Fetched, fetch

__all__ = [
    "BadAnswer",
    "BadStatus",
    "BadUrl",
    "Fetched",
    "NotFetched",
    "NotPublic",
    "TimedOut",
    "TooLarge",
    "TooManyRedirects",
    "Unreachable",
    "WrongType",
    "fetch",
]
