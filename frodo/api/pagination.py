"""Cursor pagination: a cursor names the row after which the next page begins."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from frodo.api.parameters import NotUnderstood, number, one_of
from frodo.fields import validate_moment

M = TypeVar("M", bound=Model)

LIMIT, MAX_LIMIT = 20, 100


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    next: str | None
    previous: str | None

    def answer(self, results: list) -> dict[str, Any]:
        return {"next": self.next, "previous": self.previous, "results": results}

    @property
    def headers(self) -> dict[str, str]:
        """The Link header (RFC 8288)."""
        links = {"next": self.next, "prev": self.previous}
        found = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items() if url)
        return {"Link": found} if found else {}


@dataclass(frozen=True, slots=True)
class Cursor:
    order: str
    backwards: bool
    value: str | int | None
    pk: int

    def __str__(self) -> str:
        data = json.dumps([self.order, int(self.backwards), self.value, self.pk], separators=(",", ":"))
        return urlsafe_b64encode(data.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        try:
            order, backwards, value, pk = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, TypeError, RecursionError) as error:
            raise lost() from error
        fits = (isinstance(order, str) and backwards in (0, 1) and isinstance(value, str | int | None)) and type(
            pk
        ) is int
        if not fits or not abs(pk) < 2**63 or (isinstance(value, int) and not abs(value) < 2**63):
            raise lost()
        return cls(order, bool(backwards), value, pk)


def lost() -> NotUnderstood:
    return NotUnderstood("cursor", _("This cursor is invalid. Start again without it."))


async def take_rows(
    rows: QuerySet[M], request: Request, orders: Mapping[str, str], default: str, *, limit: int = LIMIT
) -> Page[M]:
    """The rows for `?order=&cursor=&limit=`, in one query.

    `orders` maps names to columns, "-" for descending; ties are sorted by primary key in the same direction. The column
    has no nulls.
    """
    order = one_of(request, "order", orders) or default
    limit = number(request.query_params.get("limit"), limit, least=1, most=MAX_LIMIT) or limit
    text = request.query_params.get("cursor")
    cursor = Cursor.read(text) if text else None
    if cursor is not None and cursor.order != order:
        raise lost()
    column, is_descending = orders[order].removeprefix("-"), orders[order].startswith("-")
    descends = is_descending != (cursor is not None and cursor.backwards)
    found = rows.order_by(*(f"-{name}" if descends else name for name in dict.fromkeys((column, "pk"))))
    if cursor is not None:
        found = beyond(found, column, value_of(rows.model, column, cursor), cursor.pk, descends=descends)
    taken: list[M] = await sync_to_async(evaluate)(found[: limit + 1])
    has_more, taken = len(taken) > limit, taken[:limit]
    backwards = cursor is not None and cursor.backwards
    if backwards:
        taken.reverse()

    def address(row: Model, *, backwards: bool) -> str:
        value = getattr(row, column)
        value = value.isoformat() if isinstance(value, datetime) else value
        query = request.query_params.copy()
        query["cursor"] = str(Cursor(order, backwards, value, row.pk))
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    has_next, has_previous = (bool(cursor), has_more) if backwards else (has_more, bool(cursor))
    return Page(
        taken,
        next=address(taken[-1], backwards=False) if taken and has_next else None,
        previous=address(taken[0], backwards=True) if taken and has_previous else None,
    )


def evaluate(rows: QuerySet[M]) -> list[M]:
    return list(rows)


def value_of(model: type[Model], column: str, cursor: Cursor) -> Any:
    field = model._meta.get_field("id" if column == "pk" else column)
    assert isinstance(field, Field)
    is_time = field.get_internal_type() == "DateTimeField"
    try:
        value = parse_datetime(str(cursor.value)) if is_time else field.to_python(cursor.value)
        if is_time and value is not None:
            validate_moment(value)
    except (TypeError, ValueError, OverflowError, ValidationError) as error:
        raise lost() from error
    if value is None or (is_time and value.tzinfo is None):
        raise lost()
    return value


def beyond(rows: QuerySet, column: str, value: Any, pk: int, *, descends: bool) -> QuerySet:
    than, past = ("lt", "lte") if descends else ("gt", "gte")
    if column == "pk":
        return rows.filter(**{f"pk__{than}": pk})
    # Not "or": an index that is read in order stops at the first one.
    kept = Q(**{f"{column}": value}) & ~Q(**{f"pk__{than}": pk})
    return rows.filter(**{f"{column}__{past}": value}).exclude(kept)
