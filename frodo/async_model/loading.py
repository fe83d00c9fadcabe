"""What the database still owes some objects: one hop to a thread, few queries, none for what is there.

Rows on the far side of a to-many relation are not kept in the objects, as
Django's own prefetch would: a relation that is changed in between is then
never shown as it was. They are also read once, where prefetch makes a new
object for each pair and a queryset for each owner, which took most of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet, prefetch_related_objects

from . import cached
from .plans import nested_plan

if TYPE_CHECKING:
    from .plans import Item, Plan

# The far side of to-many relations, by the object's id and the relation's name. It
# lives as long as one call of to_dicts, and so do the objects.
Loaded = dict[tuple[int, str], list[Any]]


async def evaluate(plan: Plan, rows: QuerySet[Any], loaded: Loaded) -> list[Any]:
    """The rows of a queryset and what they will be asked for, in the same hop."""

    def fetch() -> list[Any]:
        objs = list(rows)
        if rows.model is plan.model and any(_owed(plan, objs, loaded)):
            _fetch(plan, objs, loaded)
        return objs

    return await sync_to_async(fetch)()


async def load(plan: Plan, objs: Sequence[Any], loaded: Loaded) -> None:
    if any(_owed(plan, objs, loaded)):
        await sync_to_async(_fetch)(plan, objs, loaded)


def _owed(plan: Plan, objs: Iterable[Any], loaded: Loaded) -> Iterable[bool]:
    for obj in objs:
        yield not plan.columns <= obj.__dict__.keys()
        for item in plan.relations:
            yield _lacks(obj, item, loaded)
        for prop in (*plan.fillable, *plan.cached):
            yield prop.name not in obj.__dict__


def _lacks(obj: Any, item: Item, loaded: Loaded) -> bool:
    if item.kind == "many":
        prefetched = obj.__dict__.get("_prefetched_objects_cache", ())
        return item.key not in prefetched and (id(obj), item.name) not in loaded
    if item.key in obj._state.fields_cache:
        return False
    if item.column:
        return obj.__dict__.get(item.column, obj) is not None
    return obj.pk is not None


def _fetch(plan: Plan, objs: Iterable[Any], loaded: Loaded) -> None:
    """Everything for these objects, and for those behind their relations, and so on."""
    by_database: dict[str | None, list[Any]] = {}
    for obj in {id(obj): obj for obj in objs}.values():
        if obj.pk is None:  # no row yet: nothing can point at it
            loaded.update({(id(obj), item.name): [] for item in plan.relations})
        by_database.setdefault(obj._state.db, []).append(obj)
    for database, rows in by_database.items():
        _fetch_columns(plan, [obj for obj in rows if obj.pk is not None], database)
        for item in plan.relations:
            if lacking := [obj for obj in rows if _lacks(obj, item, loaded)]:
                _fetch_relation(plan, item, lacking, database, loaded)
            if item.related and item.form != "key":
                behind = related_of(item, rows, loaded)
                _fetch(nested_plan(item.related, item), behind, loaded)
        for prop in plan.fillable:
            if lacking := [obj for obj in rows if prop.name not in obj.__dict__]:
                prop.fill(lacking)
        if places := [(obj, prop) for prop in plan.cached for obj in rows if prop.name not in obj.__dict__]:
            cached.fill(places)


def related_of(item: Item, objs: Iterable[Any], loaded: Loaded) -> list[Any]:
    if item.kind == "one":
        found = (obj._state.fields_cache.get(item.key) for obj in objs)
        return [related for related in found if related.__class__ is item.related]
    lists = (many_of(item, obj, loaded) for obj in objs)
    return [related for each in lists for related in each if related.__class__ is item.related]


def many_of(item: Item, obj: Any, loaded: Loaded) -> Iterable[Any]:
    found = obj.__dict__.get("_prefetched_objects_cache", {}).get(item.key)
    return loaded.get((id(obj), item.name), ()) if found is None else found


def _fetch_columns(plan: Plan, objs: list[Any], database: str | None) -> None:
    deferred = [obj for obj in objs if not plan.columns <= obj.__dict__.keys()]
    if not deferred:
        return
    columns = {column for obj in deferred for column in plan.columns - obj.__dict__.keys()}
    rows = plan.model._base_manager.using(database).only(*columns)
    found = rows.in_bulk({obj.pk for obj in deferred})
    for obj in deferred:
        if obj.pk not in found:
            raise plan.model.DoesNotExist(f"{obj!r} is gone, and not all of it was loaded")
        for column in columns - obj.__dict__.keys():
            setattr(obj, column, found[obj.pk].__dict__[column])


def _fetch_relation(plan: Plan, item: Item, objs: list[Any], database: str | None, loaded: Loaded) -> None:
    relation = item.relation
    if item.column:
        _fetch_pointed_at(item, objs, database)
    elif relation.many_to_many:
        _fetch_many_to_many(item, objs, database, loaded)
    elif relation.one_to_many and relation.auto_created:
        _fetch_pointing_here(item, objs, database, loaded)
    else:  # the far side of a one-to-one, or a generic relation
        prefetch_related_objects(objs, item.accessor)


def _fetch_pointed_at(item: Item, objs: list[Any], database: str | None) -> None:
    field = item.relation
    target = field.target_field.attname
    keys = {obj.__dict__[item.column] for obj in objs}
    others = field.related_model._base_manager.using(database).filter(**{f"{target}__in": keys})
    by_key = {getattr(other, target): other for other in others}
    for obj in objs:
        other = by_key.get(obj.__dict__[item.column])
        field.set_cached_value(obj, other)
        if other is not None and not field.remote_field.multiple:
            field.remote_field.set_cached_value(other, obj)


def _fetch_many_to_many(item: Item, objs: list[Any], database: str | None, loaded: Loaded) -> None:
    """Each row on the other side once, in its own model's order, with the key of each of its owners."""
    relation, auto_created = item.relation, item.relation.auto_created
    field = relation.remote_field if auto_created else relation
    through = field.remote_field.through
    target = through._meta.get_field(field.m2m_field_name() if not auto_created else field.m2m_reverse_field_name())
    key = target.target_field
    owners: dict[Any, list[list[Any]]] = {}
    for obj in objs:
        found = loaded[id(obj), item.name] = []
        owners.setdefault(getattr(obj, key.attname), []).append(found)
    path = f"{field.name if auto_created else field.related_query_name()}__{key.name}"
    others = relation.related_model._default_manager.using(database).filter(**{f"{path}__in": list(owners)})
    for owner, other in _with_owner(others, path):
        for found in owners[owner]:
            found.append(other)


def _with_owner(others: QuerySet[Any], path: str) -> Iterable[tuple[Any, Any]]:
    """Rows that have several owners come as often, and are made into an object once."""
    model, columns = others.model, [field.attname for field in others.model._meta.concrete_fields]
    made: dict[Any, Any] = {}
    at = columns.index(model._meta.pk.attname)
    for owner, *values in others.values_list(path, *columns):
        other = made.get(values[at])
        if other is None:
            other = made[values[at]] = model.from_db(others.db, columns, values)
        yield owner, other


def _fetch_pointing_here(item: Item, objs: list[Any], database: str | None, loaded: Loaded) -> None:
    field = item.relation.field
    owners: dict[Any, list[Any]] = {}
    for obj in objs:
        loaded[id(obj), item.name] = []
        owners.setdefault(field.get_foreign_related_value(obj), []).append(obj)
    others = item.relation.related_model._default_manager.using(database)
    for other in others.filter(**{f"{field.name}__in": objs}):
        for owner in owners[field.get_local_related_value(other)]:
            loaded[id(owner), item.name].append(other)
            field.set_cached_value(other, owner)
