"""Objects to dictionaries, column by column: what is asked for is asked for all objects at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import Model, QuerySet

from .collecting import AsyncModelBase
from .loading import Loaded, load, many_of
from .plans import Names, plan_for
from .properties import settle
from .values import json_values
from .waiting import together

if TYPE_CHECKING:
    from .plans import Item, Plan, Trail

Row = dict[str, Any]

CONTAINERS = (list, tuple, set, frozenset, dict, QuerySet)


async def to_dicts(
    objs: Sequence[Any],
    fields: Names | None,
    expand: Names,
    native: bool,
    brief: bool = False,
    trail: Trail = (),
    loaded: Loaded | None = None,
) -> list[Row]:
    """Each object in the form its own class gives it."""
    loaded = {} if loaded is None else loaded
    models = {obj.__class__ for obj in objs}
    plans = {model: plan_for(model, fields, expand, brief, trail) for model in models}
    if len(models) == 1:
        return await _rows(plans[models.pop()], objs, native, loaded)
    by_class: dict[Any, list[int]] = {model: [] for model in models}
    for index, obj in enumerate(objs):
        by_class[obj.__class__].append(index)
    groups = [[objs[index] for index in indexes] for indexes in by_class.values()]
    found = await together(
        *(_rows(plan, group, native, loaded) for plan, group in zip(plans.values(), groups, strict=True))
    )
    rows: list[Any] = [None] * len(objs)
    for indexes, group_rows in zip(by_class.values(), found, strict=True):
        for index, row in zip(indexes, group_rows, strict=True):
            rows[index] = row
    return rows


async def _rows(plan: Plan, objs: Sequence[Any], native: bool, loaded: Loaded) -> list[Row]:
    # In order: what a property may lean on is there before it is asked.
    await load(plan, objs, loaded)
    await settle(objs, plan.awaited)
    columns = [_values(item, objs, loaded) for item in plan.items]
    nested = [at for at, item in enumerate(plan.items) if _leads_to_models(item, columns[at])]
    # Together: one object's author does not depend on its tags. But a task is dear where nothing waits.
    waiting = [at for at in nested if plan.names[at] in plan.waiting]
    inner = await together(*(_nested(plan.items[at], columns[at], native, loaded) for at in waiting))
    for at, values in zip(waiting, inner, strict=True):
        columns[at] = values
    for at in nested:
        if at not in waiting:
            columns[at] = await _nested(plan.items[at], columns[at], native, loaded)
    if not native:
        columns = [c if at in nested else json_values(c) for at, c in enumerate(columns)]
    if not columns:
        return [{} for _ in objs]
    names = plan.names
    return [dict(zip(names, row)) for row in zip(*columns)]  # noqa: B905


def _values(item: Item, objs: Sequence[Any], loaded: Loaded) -> list[Any]:
    key = item.key
    if item.kind == "awaited":
        return [obj.__dict__[key] for obj in objs]
    if item.kind == "one":
        return [obj._state.fields_cache.get(key) for obj in objs]
    if item.kind == "many":
        return [many_of(item, obj, loaded) for obj in objs]
    if item.direct:
        try:
            return [obj.__dict__[key] for obj in objs]
        except KeyError:  # an unsaved object's generated column, say: let Django speak
            pass
    try:
        return [getattr(obj, key) for obj in objs]
    except SynchronousOnlyOperation as error:
        name = f"{objs[0].__class__.__name__}.{key}"
        error.add_note(f"{name} read what was not loaded: load it first, or let {name} be awaited")
        raise


def _leads_to_models(item: Item, values: list[Any]) -> bool:
    if item.kind in ("one", "many") or item.related:
        return True
    return not item.is_plain_data and any(True for value in values for _ in _models_in(value))


async def _nested(item: Item, values: list[Any], native: bool, loaded: Loaded) -> list[Any]:
    """The same values, with each model in them turned into its dictionary, or its key."""
    found = {id(obj): obj for obj in _models_of(item, values)}  # each is turned once
    shown = [] if item.form == "key" else [o for o in found.values() if isinstance(type(o), AsyncModelBase)]
    rows = await to_dicts(shown, None, item.expand, native, item.form == "brief", item.trail, loaded) if shown else []
    by_id = {id(obj): row for obj, row in zip(shown, rows, strict=True)}
    copy = _copy if any(v.__class__ in (dict, list) for row in rows for v in row.values()) else dict.copy
    given: set[int] = set()

    def turn(obj: Model) -> Any:
        key = id(obj)
        if key not in by_id:
            return obj.pk if native else json_values([obj.pk])[0]
        if key in given:  # every place gets a dictionary of its own
            return copy(by_id[key])
        given.add(key)
        return by_id[key]

    if item.kind == "one":
        return [None if value is None else turn(value) for value in values]
    if item.kind == "many":
        return [[turn(obj) for obj in value] for value in values]
    return [_replace_models(value, turn, native) for value in values]


def _models_of(item: Item, values: list[Any]) -> Iterable[Model]:
    if item.kind == "one":
        return (value for value in values if value is not None)
    if item.kind == "many":
        return (obj for value in values for obj in value)
    return (obj for value in values for obj in _models_in(value))


def _models_in(value: Any) -> Iterable[Model]:
    if isinstance(value, Model):
        yield value
    elif isinstance(value, CONTAINERS):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _models_in(each)


def _replace_models(value: Any, turn: Callable[[Model], Any], native: bool) -> Any:
    if isinstance(value, Model):
        return turn(value)
    if isinstance(value, dict):
        return {key: _replace_models(each, turn, native) for key, each in value.items()}
    if isinstance(value, CONTAINERS):
        return [_replace_models(each, turn, native) for each in value]
    return value if native else json_values([value])[0]


def _copy(value: Any) -> Any:
    if value.__class__ is dict:
        return {key: _copy(each) for key, each in value.items()}
    if value.__class__ is list:
        return [_copy(each) for each in value]
    return value
