"""Query plans: which fields are serialized, how, and where each value comes from. Cached per shape."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import inspect
import types
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from django.core.exceptions import FieldDoesNotExist
from django.db.models.query_utils import DeferredAttribute

from frodo.async_models.properties import AsyncModelBase, BatchedProperty
from frodo.async_models.schema import field_type, return_type

MAX_DEPTH = 3

PLAIN_DATA = (
    *(str, int, float, bytes, types.NoneType, enum.Enum, decimal.Decimal, uuid.UUID),
    *(datetime.date, datetime.time, datetime.timedelta),
)

Names = tuple[str, ...]
Trail = tuple[tuple[type, str], ...]
Kind = Literal["column", "one", "many", "awaited", "plain"]


class UnknownField(ValueError):
    """A requested field does not exist or is not public. `known` lists the public ones."""

    def __init__(self, message: str, name: str, known: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.known = tuple(known)


class TooDeep(UnknownField):
    """`expand` goes more than MAX_DEPTH relations deep, or in a circle."""


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    name: str
    kind: Kind
    # The attribute; for one and many: the key in Django's own cache of the relation.
    key: str = ""
    column: str = ""  # one: the foreign key's column, "" on the reverse side
    accessor: str = ""  # one, many: what prefetch_related calls it
    relation: Any = None  # one, many: Django's own field or reverse relation
    direct: bool = False  # the value may be taken from __dict__ as it is
    is_plain_data: bool = False  # no model can be in it
    awaited: Any = None  # the AwaitedProperty
    type: Any = Any
    related: Any = None  # the AsyncModel it leads to, as far as that is known beforehand
    expand: Names = ()
    form: Literal["full", "brief", "key"] = "brief"
    trail: Trail = ()


class Plan:
    __slots__ = ("awaited", "batched", "columns", "completes", "items", "model", "names", "relations")

    def __init__(self, model: Any, items: Iterable[Item]) -> None:
        self.model = model
        self.items = tuple(items)
        self.names = tuple(item.name for item in self.items)
        self.completes = not model.completed.isdisjoint(self.names)
        self.relations = tuple(i for i in self.items if i.kind in ("one", "many"))
        # Those computed in the thread of the queries, and those that need the event loop.
        self.batched = tuple(i for i in self.items if isinstance(i.awaited, BatchedProperty) and i.awaited.is_sync)
        self.awaited = tuple(i.awaited for i in self.items if i.awaited and i not in self.batched)
        shown = {i.key for i in self.items if i.kind == "column"}
        self.columns = frozenset(shown | {i.column for i in self.relations if i.column})


def names_of(asked: str | Iterable[str] | None) -> Names | None:
    """Field names from an iterable or a comma-separated string."""
    if asked is None:
        return None
    if isinstance(asked, str):
        asked = filter(None, (name.strip() for name in asked.split(",")))
    return tuple(dict.fromkeys(asked))


@lru_cache(maxsize=1024)
def plan_for(model: Any, fields: Names | None, expand: Names, brief: bool = False, trail: Trail = ()) -> Plan:
    """The plan of a model. `expand` may be dotted; `trail` are the relations from the root."""
    deeper: dict[str, list[str]] = {}
    for path in expand:
        if path.count(".") + len(trail) >= MAX_DEPTH:
            raise TooDeep(f"{path!r} goes deeper than {MAX_DEPTH} relations", path)
        first, _, rest = path.partition(".")
        deeper.setdefault(first, []).extend([rest] if rest else [])
    if fields is None:
        fields = brief_names(model) if brief else public_names(model)
    known = dict.fromkeys((*public_names(model), *brief_names(model), *model.details))
    items = []
    for name in dict.fromkeys((*fields, *deeper)):
        if name not in known:
            raise UnknownField(f"{model.__name__} shows no {name!r}. It shows: {', '.join(known)}", name, known)
        item = classify(model, name)
        if name in deeper:
            step = (model, name)
            if step in trail:
                raise TooDeep(f"expanding {name!r} of {model.__name__} goes in a circle", name)
            item = dataclasses.replace(item, expand=tuple(deeper[name]), form="full", trail=(*trail, step))
            if item.expand and not item.related and item.type is not Any:
                raise UnknownField(f"{model.__name__}.{name} leads to nothing that can be expanded", name)
        elif brief or name in model.by_key:
            item = dataclasses.replace(item, form="key", trail=trail)
        else:
            item = dataclasses.replace(item, trail=trail)
        if item.kind == "one" and item.column and (item.form == "key" or not item.related):
            item = dataclasses.replace(item, kind="column", key=item.column, direct=True, related=None)
        if item.related and item.form != "key":
            nested_plan(item.related, item)  # a wrong name is wrong even when there are no rows
        items.append(item)
    return Plan(model, items)


def nested_plan(model: Any, item: Item) -> Plan:
    return plan_for(model, None, item.expand, item.form == "brief", item.trail)


def public_names(model: Any) -> Names:
    """The allow-list; by default the primary key and the async properties."""
    if model.public is None:
        return (model._meta.pk.name, *model.async_properties)
    return tuple(model.public)


def brief_names(model: Any) -> Names:
    """Fields when nested in another object: `brief`, or the public fields that need no query."""
    if model.brief is None:
        kinds = {name: classify(model, name).kind for name in public_names(model)}
        return tuple(name for name, kind in kinds.items() if kind in ("column", "plain"))
    return tuple(model.brief)


@lru_cache(maxsize=4096)
def classify(model: Any, name: str) -> Item:
    if name.startswith("_"):
        raise UnknownField(f"{name!r} is private: {model.__name__} cannot show it", name)
    if name in model.async_properties:
        prop = model.async_properties[name]
        return Item(name, "awaited", name, awaited=prop, **_typed(prop.value_type))
    if item := _relation(model, name):
        return item
    attribute = inspect.getattr_static(model, name, None)
    if isinstance(attribute, DeferredAttribute) or name in _columns(model):
        field = _columns(model)[name]
        return Item(
            name,
            "column",
            field.attname,
            direct=type(attribute).__get__ is DeferredAttribute.__get__,
            is_plain_data=True,
            type=field_type(field),
        )
    if attribute is None or inspect.isroutine(attribute):
        raise UnknownField(f"{model.__name__} has no field or property {name!r}", name)
    return Item(name, "plain", name, **_typed(_annotation(attribute)))


def _typed(hint: Any) -> dict[str, Any]:
    return {"type": hint, "related": _async_model_in(hint), "is_plain_data": _is_plain_data(hint)}


def _is_plain_data(hint: Any) -> bool:
    if get_origin(hint) in (Union, types.UnionType):
        return all(map(_is_plain_data, get_args(hint)))
    return inspect.isclass(hint) and issubclass(hint, PLAIN_DATA)


def _columns(model: Any) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _relation(model: Any, name: str) -> Item | None:
    meta = model._meta
    try:
        field = meta.get_field(name)
    except FieldDoesNotExist:
        field = None
    if field and field.is_relation and not field.auto_created:
        if field.name != name:  # "author_id" is a column, and stays one
            return None
    else:
        # The reverse side goes by its accessor's name, which need not be its query name.
        field = next((r for r in meta.related_objects if r.get_accessor_name() == name), None)
    if field is None:
        return None
    related = field.related_model
    target = related if isinstance(related, AsyncModelBase) else None
    if field.many_to_many or field.one_to_many:
        shown: Any = target or _key_type(related)
        return Item(
            name,
            "many",
            _prefetch_key(field),
            accessor=name,
            relation=field,
            type=list[shown],
            related=target,
        )
    shown = target or (_key_type(related) if related else Any)
    column = field.attname if field.concrete else ""
    nullable = field.null if field.concrete else True
    hint = shown | None if nullable and shown is not Any else shown
    return Item(name, "one", field.cache_name, column, name, field, type=hint, related=target)


def _prefetch_key(field: Any) -> str:
    """The name under which Django caches prefetched rows."""
    if not field.auto_created:
        return field.attname if field.one_to_many else field.name
    return field.field.related_query_name() if field.many_to_many else field.cache_name


def _key_type(model: Any) -> Any:
    return field_type(model._meta.pk)


def _annotation(attribute: Any) -> Any:
    function = getattr(attribute, "fget", None) or getattr(attribute, "func", None)
    return return_type(function) if function else Any


def _async_model_in(hint: Any) -> Any:
    if isinstance(hint, AsyncModelBase):
        return hint
    return next(filter(None, map(_async_model_in, get_args(hint))), None)


def json_types(model: Any, *, brief: bool = False) -> dict[str, Any]:
    """Name and type of each field."""
    names = brief_names(model) if brief else (*public_names(model), *model.details)
    items = plan_for(model, names, (), brief).items
    return {item.name: _shown_type(item) for item in items}


def _shown_type(item: Item) -> Any:
    models = _async_model_in(item.type)
    if item.form != "key" or not models:
        return item.type
    key: Any = _key_type(models)
    if item.kind == "many":
        return list[key]
    return key | None if type(None) in get_args(item.type) else key
