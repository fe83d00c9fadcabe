"""Serialize objects to dictionaries column by column, so that each value is loaded for all objects at once.

The work is one generator, so that it runs on the event loop and in a thread alike. It yields what it has to wait
for: a `Query` that needs a thread, or an `Await` that needs the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import Model, QuerySet

from frodo.async_models.batch_loader import (
    CONTAINERS,
    Loaded,
    is_loaded,
    load,
    load_deferred,
    many_of,
    models_in,
    related_of,
)
from frodo.async_models.json_values import json_values
from frodo.async_models.properties import AsyncModelBase, AwaitedProperty, gather
from frodo.async_models.query_plans import Names, plan_for

if TYPE_CHECKING:
    from frodo.async_models.query_plans import Item, Plan, Trail

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    run: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Await:
    objs: dict[AwaitedProperty[Any], list[Any]]

    async def run(self) -> None:
        await gather(*(prop.resolve(objs) for prop, objs in self.objs.items()))


Work = Generator[Query | Await, Any, list[Row]]


async def run(work: Work) -> list[Row]:
    """Serialize on the event loop; queries run in a thread."""
    result = None
    try:
        while True:
            step = work.send(result)
            result = await (sync_to_async(step.run)() if isinstance(step, Query) else step.run())
    except StopIteration as end:
        return end.value


def run_sync(work: Work) -> list[Row]:
    """Serialize in this thread. Raises TypeError for a property that needs the event loop."""
    result = None
    try:
        while True:
            step = work.send(result)
            if isinstance(step, Await):
                labels = ", ".join(prop.label for prop in step.objs)
                raise TypeError(f"{labels} must be awaited: use to_dicts()")
            result = step.run()
    except StopIteration as end:
        return end.value


def all_rows(model: Any, objs: Iterable[Any], fields: Names | None, expand: Names, native: bool) -> Work:
    """The objects of a list or queryset; a queryset is evaluated in the same thread hop as what is loaded for it."""
    plan = plan_for(model, fields, expand)  # a wrong name is wrong even when there are no rows
    loaded: Loaded = {}
    if isinstance(objs, QuerySet):
        queryset = objs

        def evaluate() -> list[Any]:
            found = list(queryset)
            if queryset.model is plan.model and not is_loaded(plan, found, loaded):
                load(plan, found, loaded)
            return found

        objs = yield Query(evaluate)
    return (yield from mixed_rows(list(objs), fields, expand, native, loaded))


def mixed_rows(
    objs: Sequence[Any],
    fields: Names | None,
    expand: Names,
    native: bool,
    loaded: Loaded,
    brief: bool = False,
    trail: Trail = (),
) -> Work:
    """Serialize objects of several classes, each by its class."""
    by_class: dict[Any, list[int]] = {}
    for index, obj in enumerate(objs):
        by_class.setdefault(obj.__class__, []).append(index)
    rows: list[Any] = [None] * len(objs)
    for model, indexes in by_class.items():
        plan = plan_for(model, fields, expand, brief, trail)
        found = yield from _rows(plan, [objs[index] for index in indexes], native, loaded)
        for index, row in zip(indexes, found, strict=True):
            rows[index] = row
    return rows


def _rows(plan: Plan, objs: Sequence[Any], native: bool, loaded: Loaded) -> Work:
    # In order: what a property may lean on is there before it is asked.
    if not is_loaded(plan, objs, loaded):
        yield Query(lambda: load(plan, objs, loaded))
    different = {id(obj): obj for obj in objs}.values()
    lacking = {prop: [obj for obj in different if prop.name not in obj.__dict__] for prop in plan.awaited}
    if any(lacking.values()):
        yield Await({prop: of_prop for prop, of_prop in lacking.items() if of_prop})
    columns = []
    for item in plan.items:
        try:
            values = _values(item, objs, loaded)
        except SynchronousOnlyOperation:  # a plain property reads columns that the queryset left out
            if not (yield Query(lambda: load_deferred(objs))):
                raise
            values = _values(item, objs, loaded)
        if _leads_to_models(item, values):
            values = yield from _nested(item, values, native, loaded)
        elif not native:
            values = json_values(values)
        columns.append(values)
    if not columns:
        return [{} for _ in objs]
    names = plan.names
    return [dict(zip(names, row)) for row in zip(*columns)]  # noqa: B905


def _values(item: Item, objs: Sequence[Any], loaded: Loaded) -> list[Any]:
    key = item.key
    if item.kind == "awaited":
        return [obj.__dict__[key] for obj in objs]
    if item.kind == "one":
        return list(related_of(item, objs, loaded))
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
    return not item.is_plain_data and any(True for _ in models_in(values))


def _nested(item: Item, values: list[Any], native: bool, loaded: Loaded) -> Generator[Any, Any, list[Any]]:
    """The values with each model replaced by its dictionary or key."""
    found = {id(obj): obj for obj in models_in(values)}  # each is turned once
    shown = [] if item.form == "key" else [o for o in found.values() if isinstance(type(o), AsyncModelBase)]
    rows = yield from mixed_rows(shown, None, item.expand, native, loaded, item.form == "brief", item.trail)
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
