"""From return annotations and model fields to types, and from types to OpenAPI."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import inspect
import types
import typing
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

MISSING: Any = object()

REF = "#/components/schemas/"

# Looked up along the field class's MRO, so subclasses of these fields are known too.
FIELD_TYPES: dict[type[models.Field[Any, Any]], Any] = {
    models.BooleanField: bool,
    models.IntegerField: int,
    models.FloatField: float,
    models.DecimalField: decimal.Decimal,
    models.DateTimeField: datetime.datetime,
    models.DateField: datetime.date,
    models.TimeField: datetime.time,
    models.DurationField: datetime.timedelta,
    models.UUIDField: uuid.UUID,
    models.BinaryField: bytes,
    models.JSONField: Any,
    models.CharField: str,
    models.TextField: str,
    models.GenericIPAddressField: str,
    models.FilePathField: str,
}

FORMATS: dict[type, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    Promise: {"type": "string"},
    bytes: {"type": "string", "format": "byte"},
    decimal.Decimal: {"type": "string", "format": "decimal"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
    datetime.time: {"type": "string", "format": "time"},
    datetime.timedelta: {"type": "string", "format": "duration"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    types.NoneType: {"type": "null"},
}

EMPTY = (bool, int, float, str, list, dict, tuple, set, frozenset)


def return_type(function: Callable[..., Any], *, of_mapping: bool = False) -> Any:
    """The annotated return type (the value type of a mapping), or Any."""
    try:
        hints = typing.get_type_hints(function)
    except NameError:  # a model imported for the type checker only
        try:
            by_name = {model.__name__: model for model in apps.get_models()}
            hints = typing.get_type_hints(function, localns=by_name)
        except NameError:
            hints = {}
    hint = hints.get("return", Any)
    if of_mapping:
        args = get_args(hint)
        return args[1] if len(args) == 2 else Any
    return hint


def empty_value(hint: Any) -> Any:
    """0 for int, [] for list[str], None for `str | None`; MISSING for types without an empty value."""
    origin = get_origin(hint) or hint
    if origin in (Union, types.UnionType):
        return None if types.NoneType in get_args(hint) else MISSING
    if isinstance(origin, type) and not issubclass(origin, enum.Enum):
        for kind in EMPTY:
            if origin is kind or (kind is str and issubclass(origin, str)):
                return origin()
        if issubclass(origin, Mapping):
            return {}
    return MISSING


def field_type(field: models.Field[Any, Any]) -> Any:
    target: Any = field
    while getattr(target, "remote_field", None) and hasattr(target, "target_field"):
        target = target.target_field  # a key has the type of what it points at
    if target is field and isinstance(choices := getattr(field, "choices", None), list) and choices:
        empty = [""] if field.blank and field.empty_strings_allowed else []
        values = dict.fromkeys([*(value for value, _ in field.flatchoices), *empty])
        hint: Any = Literal[tuple(values)]
    else:
        hint = next((FIELD_TYPES[k] for k in type(target).__mro__ if k in FIELD_TYPES), Any)
        if isinstance(target, models.FileField):
            return str | None
    return hint | None if field.null and hint is not Any else hint


def openapi_of(hint: Any, short: Callable[[type], dict[str, Any]]) -> dict[str, Any]:
    """The OpenAPI 3.1 schema of a type; `short` returns the reference to a model."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is typing.Annotated:
        return openapi_of(args[0], short)
    if origin in (Union, types.UnionType):
        options = [openapi_of(arg, short) for arg in args]
        if all(set(option) == {"type"} for option in options):
            return {"type": [option["type"] for option in options]}
        return {"anyOf": options}
    if origin is Literal:
        return _enumeration(args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        values = {} if args[1] is Any else openapi_of(args[1], short)
        return {"type": "object", "additionalProperties": values or True}
    if origin is tuple and args[-1:] != (...,):
        return {"type": "array", "prefixItems": [openapi_of(arg, short) for arg in args]}
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return {"type": "array", "items": openapi_of(args[0], short)}
    return _of_class(hint, short) if inspect.isclass(hint) else {}


def _of_class(hint: type, short: Callable[[type], dict[str, Any]]) -> dict[str, Any]:
    if issubclass(hint, models.Model):
        return short(hint)
    if issubclass(hint, enum.Enum):
        return _enumeration(tuple(member.value for member in hint))
    if typing.is_typeddict(hint) or dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        properties = {name: openapi_of(each, short) for name, each in hints.items()}
        required = getattr(hint, "__required_keys__", hints)
        return _object(properties, [name for name in hints if name in required])
    for kind in hint.__mro__:
        if kind in FORMATS:
            return dict(FORMATS[kind])
    if issubclass(hint, Mapping):
        return {"type": "object"}
    if issubclass(hint, Iterable):
        return {"type": "array", "items": {}}
    return {}


def _enumeration(values: tuple[Any, ...]) -> dict[str, Any]:
    kinds = {FORMATS.get(type(value), {}).get("type") for value in values}
    same = {"type": kinds.pop()} if len(kinds) == 1 and None not in kinds else {}
    return {**same, "enum": list(values)}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def openapi_components(*shown: Any) -> dict[str, Any]:
    """`components.schemas` of these models, and of the brief forms of their relations.

    A name that is only given when asked for (`details`) is described, but not required.
    """
    components: dict[str, Any] = {}

    def refer(model: Any, form: str = "Brief") -> dict[str, Any]:
        if not hasattr(model, "json_types"):
            return openapi_of(field_type(model._meta.pk), refer)
        name = model.__name__ + form
        if name not in components:
            components[name] = {}  # a model may lead back to itself
            hints = model.json_types(brief=form == "Brief")
            details = model.details if not form else ()
            components[name] = _object(
                {name: openapi_of(hint, refer) for name, hint in hints.items()},
                [name for name in hints if name not in details],
            )
        return {"$ref": REF + name}

    for model in shown:
        refer(model, "")
    return components
