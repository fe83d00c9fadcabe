"""Load what a query plan needs for a list of objects: few queries, none for loaded data.

Rows on the far side of a to-many relation are not kept in the objects, as
Django's own prefetch would: a relation that is changed in between is then
never shown as it was. They are also read once, where prefetch makes a new
object for each pair and a queryset for each owner, which took most of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet, prefetch_related_objects

from frodo.async_models.query_plans import nested_plan

if TYPE_CHECKING:
    from frodo.async_models.query_plans import Item, Plan

# The far side of to-many relations, by the object's id and the relation's name. It
# lives as long as one call of to_dicts, and so do the objects.
Loaded = dict[tuple[int, str], list[Any]]

CONTAINERS = (list, tuple, set, frozenset, dict, QuerySet)


def is_loaded(plan: Plan, objs: Iterable[Any], loaded: Loaded) -> bool:
    """Whether these objects can be serialized without a query."""
    return all(
        plan.columns <= obj.__dict__.keys()
        and not any(_lacks(obj, item, loaded) for item in plan.relations)
        and all(item.name in obj.__dict__ for item in plan.batched)
        and not (plan.completes and not obj.is_complete)
        for obj in objs
    )


def load_deferred(objs: Iterable[Any]) -> bool:
    """Load deferred columns with one query per model; False if there were none."""
    lacking: dict[tuple[type, str | None], list[Any]] = {}
    for obj in {id(obj): obj for obj in objs}.values():
        if obj.pk is not None and obj.get_deferred_fields():
            lacking.setdefault((obj.__class__, obj._state.db), []).append(obj)
    for (model, database), rows in lacking.items():
        _fetch_into(model, rows, set().union(*(obj.get_deferred_fields() for obj in rows)), database)
    return bool(lacking)


def _lacks(obj: Any, item: Item, loaded: Loaded) -> bool:
    if item.kind == "many":
        prefetched = obj.__dict__.get("_prefetched_objects_cache", ())
        return item.key not in prefetched and (id(obj), item.name) not in loaded
    if item.key in obj._state.fields_cache:
        return False
    if item.column:
        return obj.__dict__.get(item.column, obj) is not None
    return obj.pk is not None


def load(plan: Plan, objs: Iterable[Any], loaded: Loaded) -> None:
    """Query everything that the plan needs of these objects and their relations. Runs in a thread."""
    by_database: dict[str | None, list[Any]] = {}
    for obj in {id(obj): obj for obj in objs}.values():
        if obj.pk is None:  # no row yet: nothing can point at it
            loaded.update({(id(obj), item.name): [] for item in plan.relations})
        by_database.setdefault(obj._state.db, []).append(obj)
    for database, rows in by_database.items():
        _fetch_columns(plan, [obj for obj in rows if obj.pk is not None], database)
        if plan.completes:
            plan.model.complete(rows)
        for item in plan.relations:
            if lacking := [obj for obj in rows if _lacks(obj, item, loaded)]:
                _fetch_relation(plan, item, lacking, database, loaded)
            _load_behind(item, related_of(item, rows, loaded), loaded)
        for item in plan.batched:
            if lacking := [obj for obj in rows if item.name not in obj.__dict__]:
                item.awaited.fill(lacking)
            if item.related:
                _load_behind(item, models_in([obj.__dict__[item.name] for obj in rows]), loaded)


def _load_behind(item: Item, objs: Iterable[Any], loaded: Loaded) -> None:
    if item.related and item.form != "key":
        behind = [obj for obj in objs if obj.__class__ is item.related]
        if behind:
            load(nested_plan(item.related, item), behind, loaded)


def related_of(item: Item, objs: Iterable[Any], loaded: Loaded) -> Iterable[Any]:
    if item.kind == "one":
        return (obj._state.fields_cache.get(item.key) for obj in objs)
    return (related for obj in objs for related in many_of(item, obj, loaded))


def models_in(value: Any) -> Iterable[Model]:
    """Every model in a value made of lists, tuples, sets and dictionaries."""
    if isinstance(value, Model):
        yield value
    elif isinstance(value, CONTAINERS):
        for each in value.values() if isinstance(value, dict) else value:
            yield from models_in(each)


def many_of(item: Item, obj: Any, loaded: Loaded) -> Iterable[Any]:
    found = obj.__dict__.get("_prefetched_objects_cache", {}).get(item.key)
    return loaded.get((id(obj), item.name), ()) if found is None else found


def _fetch_columns(plan: Plan, objs: list[Any], database: str | None) -> None:
    deferred = [obj for obj in objs if not plan.columns <= obj.__dict__.keys()]
    if not deferred:
        return
    columns = {column for obj in deferred for column in plan.columns - obj.__dict__.keys()}
    _fetch_into(plan.model, deferred, columns, database)


def _fetch_into(model: type[Any], deferred: list[Any], columns: set[str], database: str | None) -> None:
    found = model._base_manager.using(database).only(*columns).in_bulk({obj.pk for obj in deferred})
    for obj in deferred:
        if obj.pk not in found:
            raise model.DoesNotExist(f"{obj!r} is gone, and not all of it was loaded")
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
    """Each related row once, in its model's order, with the keys of its owners."""
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
    """Pairs of owner key and object; a row with several owners becomes one object."""
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
