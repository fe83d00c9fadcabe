"""What a query string asks for."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.errors import Refused


class NotUnderstood(Refused):
    """A parameter that cannot be read."""

    code = "bad_parameter"

    def __init__(self, name: str, message) -> None:
        super().__init__()
        self.field, self.words = name, message

    def __str__(self) -> str:
        return str(self.words)


def number(value: str | None, default: int | None = None, *, least: int = 0, most: int = 2**63 - 1) -> int | None:
    """A number from the query string, within bounds; the default for what is none."""
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


def one_of(request: Request, name: str, choices) -> str | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    if value not in choices:
        words = _("“%(name)s” is one of: %(choices)s.") % {"name": name, "choices": ", ".join(choices)}
        raise NotUnderstood(name, words)
    return value


def shape(request: Request) -> dict[str, str | None]:
    """`?fields=` and `?expand=`, for to_dict and to_dicts."""
    return {"fields": request.query_params.get("fields"), "expand": request.query_params.get("expand")}
