"""What was cached of a row, and of the rows that depend on it, is thrown away when it changes.

The signals say what changed; the stamps go on commit, all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldError
from django.db import router, transaction
from django.db.models import signals
from django.db.models.constants import LOOKUP_SEP

from . import cached


class Watch(NamedTuple):
    """A watched row makes stale the rows of `model` that reach it along `path`."""

    model: Any
    path: str  # "": those with the watched row's own key
    points: bool = False  # the watched row holds the foreign key, so saving may move it
    column: str = ""  # that key, when it leads straight to `model`

    def stale(self, pks: Iterable[Any], using: str) -> set[str]:
        found: Iterable[Any] = pks
        if self.path:
            rows = self.model._base_manager.using(using).filter(**{f"{self.path}__in": list(pks)})
            found = rows.values_list("pk", flat=True).distinct()
        return stamps(self.model, found)


class Membership(NamedTuple):
    """The rows of a many-to-many table, as one step on a path."""

    holders: Watch  # from the side the path comes from
    members: Watch  # from the side it goes to
    reverse: bool


class Watched(NamedTuple):
    rows: dict[Any, list[Watch]]
    memberships: dict[Any, list[Membership]]


def stamps(model: Any, pks: Iterable[Any]) -> set[str]:
    return {cached.stamp_key(model, pk) for pk in pks if pk is not None}


def flush_on_commit(model: Any, pks: Iterable[Any]) -> None:
    _flush_on_commit({model.cache_alias: stamps(model, pks)}, router.db_for_write(model))


def _flush_on_commit(by_alias: dict[str, set[str]], using: str) -> None:
    for alias, keys in by_alias.items():
        if keys:
            transaction.on_commit(partial(cached.flush, alias, keys), using=using)


@lru_cache(maxsize=1)
def watched() -> Watched:
    """Find out who depends on whom, and from now on listen to those models only."""
    found = Watched({}, {})
    everyone = apps.get_models()
    for model in everyone:
        for prop in getattr(model, "async_properties", {}).values():
            if prop.is_cached:
                for each in (model._meta.concrete_model, *model._meta.all_parents):
                    _add(found.rows, each, Watch(model, ""))
                for path in prop.depends:
                    _watch_path(found, model, path)
    for model in everyone:
        if not found.rows.keys().isdisjoint(_lineage(model)):
            for signal, receiver in ROW_RECEIVERS:
                signal.connect(receiver, sender=model)
    for through in found.memberships:
        signals.m2m_changed.connect(_members_change, sender=through)
    for signal, receiver in ALL_RECEIVERS:
        signal.disconnect(receiver)
    return found


def _watch_path(found: Watched, model: Any, path: str) -> None:
    walked = ""
    for name, relation in _steps(model, path):
        before, walked = walked, f"{walked}{LOOKUP_SEP}{name}" if walked else name
        related = relation.related_model._meta.concrete_model
        points = relation.auto_created and not relation.many_to_many
        column = relation.field.attname if points and not before else ""
        watch = Watch(model, walked, points, column)
        _add(found.rows, related, watch)
        if relation.many_to_many:
            field = relation.field if relation.auto_created else relation
            membership = Membership(Watch(model, before), watch, relation.auto_created)
            _add(found.memberships, field.remote_field.through, membership)


def _add(lists: dict[Any, list[Any]], key: Any, value: Any) -> None:
    if value not in lists.setdefault(key, []):
        lists[key].append(value)


def _steps(model: Any, path: str) -> Iterable[tuple[str, Any]]:
    """Each relation along a path such as "comments__author", with the name queries know it by."""
    for name in path.split(LOOKUP_SEP):
        known = {field.name: field for field in model._meta.get_fields()}
        known |= {r.get_accessor_name(): r for r in model._meta.related_objects}
        relation = known.get(name)
        if relation is None or not relation.is_relation or relation.related_model is None:
            raise FieldError(f"{model.__name__} has no relation {name!r} to depend on")
        yield relation.name, relation
        model = relation.related_model


def _lineage(model: Any) -> list[Any]:
    return [model._meta.concrete_model, *model._meta.all_parents]


def _note_where_it_points(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    """Before a save: whom the row belongs to as it is stored, in case the save moves it."""
    if not instance._state.adding:
        instance._state.async_model_left = _stale(
            sender, using, lambda watch: watch.stale([instance.pk], using) if watch.points else ()
        )


def _flush_after_save(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    def of(watch: Watch) -> Iterable[str]:
        if watch.column:
            return stamps(watch.model, [getattr(instance, watch.column)])
        return watch.stale([instance.pk], using)

    left = instance._state.__dict__.pop("async_model_left", {})
    now = _stale(sender, using, of)
    for alias in left:
        now.setdefault(alias, set()).update(left[alias])
    _flush_on_commit(now, using)


def _flush_before_delete(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    stale = _stale(sender, using, lambda watch: watch.stale([instance.pk], using))
    _flush_on_commit(stale, using)


def _stale(sender: Any, using: str, stale_of: Any) -> dict[str, set[str]]:
    by_alias: dict[str, set[str]] = {}
    for model in _lineage(sender):
        for watch in watched().rows.get(model, ()):
            by_alias.setdefault(watch.model.cache_alias, set()).update(stale_of(watch))
    return by_alias


def _members_change(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: Any, using: str, **kwargs: Any
) -> None:
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    by_alias: dict[str, set[str]] = {}
    for membership in watched().memberships.get(sender, ()):
        if reverse == membership.reverse:
            stale = membership.holders.stale([instance.pk], using)
        elif pk_set is not None:
            stale = membership.holders.stale(pk_set, using)
        else:  # the other side is about to be cleared: its members can still be found
            stale = membership.members.stale([instance.pk], using)
        by_alias.setdefault(membership.holders.model.cache_alias, set()).update(stale)
    _flush_on_commit(by_alias, using)


def check_paths(model: Any) -> list[checks.CheckMessage]:
    problems: list[checks.CheckMessage] = []
    for prop in model.async_properties.values():
        for path in prop.depends:
            try:
                list(_steps(model, path))
            except FieldError as error:
                problems.append(checks.Error(str(error), obj=model, id="async_model.E002"))
    return problems


# While models are being loaded nobody knows who depends on whom. So at first every
# change is listened to, and the first one of all works it out and narrows it down.
ROW_RECEIVERS: tuple[tuple[signals.ModelSignal, Callable[..., None]], ...] = (
    (signals.pre_save, _note_where_it_points),
    (signals.post_save, _flush_after_save),
    (signals.pre_delete, _flush_before_delete),
)
ALL_RECEIVERS = (*ROW_RECEIVERS, (signals.m2m_changed, _members_change))
for _signal, _receiver in ALL_RECEIVERS:
    _signal.connect(_receiver)
