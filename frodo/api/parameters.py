"""Query parameters."""

from collections.abc import Collection
from datetime import date
from typing import TypedDict

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.errors import ServiceError
from frodo.text import StrOrPromise


class NotUnderstood(ServiceError):
    """An invalid parameter."""

    code = "bad_parameter"

    def __init__(self, name: str, message: StrOrPromise) -> None:
        super().__init__()
        self.field, self.words = name, message

    def __str__(self) -> str:
        return str(self.words)


def number(value: str | None, default: int | None = None, *, least: int = 0, most: int = 2**63 - 1) -> int | None:
    """A number from the query string within bounds; the default if it is none."""
    if value is None or not (value.isascii() and value.isdecimal()) or len(value) > 19:
        return default
    return min(max(int(value), least), most)


def year(request: Request) -> int | None:
    value = request.query_params.get("year")
    if value is None:
        return None
    found = number(value)
    if found is None or not date.min.year < found < date.max.year:
        raise NotUnderstood("year", _("A year is a number such as 2026."))
    return found


def one_of(request: Request, name: str, choices: Collection[str]) -> str | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    if value not in choices:
        words = _("“%(name)s” is one of: %(choices)s.") % {"name": name, "choices": ", ".join(choices)}
        raise NotUnderstood(name, words)
    return value


class Shape(TypedDict):
    fields: str | None
    expand: str | None


def shape(request: Request) -> Shape:
    """`?fields=` and `?expand=`, for to_dict and to_dicts."""
    return {"fields": request.query_params.get("fields"), "expand": request.query_params.get("expand")}
