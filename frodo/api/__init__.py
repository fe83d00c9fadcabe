"""What every address of the API has in common; the rooms' own are in their `api.py`."""

from frodo.api.bodies import JSONParser, SmallJSONParser
from frodo.api.callers import (
    FromThisSite,
    OnlyWriters,
    PublishersWrite,
    SignedIn,
    WritersWrite,
)
from frodo.api.cursors import take_rows
from frodo.api.endpoint import Answer, Endpoint
from frodo.api.query import NotUnderstood, number, one_of, shape, year

__all__ = [
    "Answer",
    "Endpoint",
    "FromThisSite",
    "JSONParser",
    "NotUnderstood",
    "OnlyWriters",
    "PublishersWrite",
    "SignedIn",
    "SmallJSONParser",
    "WritersWrite",
    "number",
    "one_of",
    "shape",
    "take_rows",
    "year",
]
