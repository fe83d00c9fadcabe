"""Conversion of values for JSON."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import ipaddress
import math
import pathlib
import uuid
from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.duration import duration_iso_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

AS_THEY_ARE = frozenset({type(None), bool, int, str, SafeString})


def json_values(values: list[Any]) -> list[Any]:
    turn = {kind: json_value.dispatch(kind) for kind in {v.__class__ for v in values} - AS_THEY_ARE}
    return [turn[v.__class__](v) if v.__class__ in turn else v for v in values] if turn else values


@singledispatch
def json_value(value: Any) -> Any:
    """Convert a value to JSON types. Register further types with `json_value.register`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: json_value(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(f"JSON has no way to say {value!r}, a {type(value).__name__}")


@json_value.register
def _(value: None) -> None:
    return None


@json_value.register(bool)
@json_value.register(int)
@json_value.register(SafeString)
def _(value: Any) -> Any:
    return value


@json_value.register(str)
@json_value.register(Promise)
@json_value.register(ipaddress.IPv4Address)
@json_value.register(ipaddress.IPv6Address)
@json_value.register(pathlib.PurePath)
@json_value.register(uuid.UUID)
@json_value.register(decimal.Decimal)
def _(value: Any) -> str:
    return str(value)


@json_value.register
def _(value: float) -> float | None:
    return value if math.isfinite(value) else None


@json_value.register
def _(value: enum.Enum) -> Any:
    return json_value(value.value)


@json_value.register
def _(value: datetime.datetime) -> str:
    if value.tzinfo is not datetime.UTC:
        aware = timezone.make_aware(value) if timezone.is_naive(value) else value
        value = aware.astimezone(datetime.UTC)
    return value.isoformat().removesuffix("+00:00") + "Z"


@json_value.register(datetime.date)
@json_value.register(datetime.time)
def _(value: Any) -> str:
    return value.isoformat()


@json_value.register
def _(value: datetime.timedelta) -> str:
    return duration_iso_string(value)


@json_value.register(bytes)
@json_value.register(memoryview)
def _(value: Any) -> str:
    return base64.b64encode(value).decode()


@json_value.register
def _(value: FieldFile) -> str | None:
    return value.url if value else None


@json_value.register
def _(value: Model) -> Any:
    return json_value(value.pk)


@json_value.register(Mapping)
def _(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(json_value(key)): json_value(each) for key, each in value.items()}


@json_value.register(list)
@json_value.register(tuple)
def _(value: Any) -> list[Any]:
    return [json_value(each) for each in value]


@json_value.register(set)
@json_value.register(frozenset)
def _(value: Any) -> list[Any]:
    return sorted(map(json_value, value), key=lambda each: (str(type(each)), each))
