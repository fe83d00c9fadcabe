"""Values kept in Django's cache.

Each row has a stamp there, and each value is filed with the stamp that stood
when its row was read. A flush removes the stamp. So a value whose computing
was overtaken by a save is filed under a stamp that never comes back, and no
reader after the save sees it:

    reader: stamp 7 .. read the row .................... file the value under 7
    writer: ............................ commit .. flush
    next reader:                                            finds no stamp 7

The row is read anew after the stamp, because the one in hand may be older.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.cache import caches
from django.db import connections, router
from django.utils.translation import get_language

from .waiting import MISSING, Failed, together

if TYPE_CHECKING:
    from .properties import AwaitedProperty
    from .waiting import Place

logger = logging.getLogger(__name__)

# Stamps whose flush failed since the cache was out of reach: owed before anything is believed.
_owed: dict[str, set[str]] = {}


def stamp_key(model: Any, pk: Any) -> str:
    """One stamp for a row, whichever class of a multi-table inheritance it is seen through."""
    model = model._meta.concrete_model
    while model._meta.pk.remote_field and model._meta.pk.remote_field.parent_link:
        model = model._meta.pk.remote_field.model
    return f"async_model:{model._meta.label_lower}:{quote(str(pk))}"


def value_key(obj: Any, prop: AwaitedProperty[Any]) -> str:
    language = f":{get_language()}" if prop.by_language else ""
    key = stamp_key(type(obj), obj.pk)
    return f"{key}:{type(obj)._meta.label_lower}.{prop.name}{language}"


def flush(alias: str, stamps: Iterable[str]) -> None:
    stamps = list(stamps)
    try:
        caches[alias].delete_many(stamps)
    except Exception:  # the cache is somebody else's server; the save itself went well
        logger.warning("Cache %r cannot be flushed now; it will be before it is read", alias)
        _owed.setdefault(alias, set()).update(stamps)


def _pay_what_is_owed(alias: str) -> None:
    owed, paid = _owed.get(alias, set()), set()
    while owed:
        paid.add(owed.pop())
    if paid:
        try:
            caches[alias].delete_many(paid)
        except Exception:
            owed.update(paid)
            raise


class _Reading:
    """What one look into the cache gave, and all that is needed to fill its gaps."""

    def __init__(self, places: list[Place]) -> None:
        obj = places[0][0]
        self.model = type(obj)
        self.alias = self.model.cache_alias
        self.database = obj._state.db or router.db_for_read(self.model)
        self.places = places
        self.values: list[Any] = [MISSING] * len(places)
        self.stamps: dict[Any, str] = {}
        self.fresh: dict[Any, Any] = {}

    def read(self) -> None:
        # Inside a transaction the row may be changed and not committed: the cache
        # would answer too old, and be given what might be rolled back.
        if connections[self.database].in_atomic_block:
            return
        try:
            self.look_up()
        except Exception:
            logger.warning("Cache %r cannot be read; computing instead", self.alias, exc_info=True)
            self.stamps = {}
            self.values = [MISSING] * len(self.places)
        else:
            self._read_rows_anew()

    def look_up(self) -> None:
        rows = {obj.pk: obj for obj, _ in self.places if obj.pk is not None}
        _pay_what_is_owed(self.alias)
        cache = caches[self.alias]
        stamp_keys = {pk: stamp_key(self.model, pk) for pk in rows}
        keys = [value_key(obj, prop) for obj, prop in self.places if obj.pk is not None]
        found = cache.get_many([*stamp_keys.values(), *keys])
        new: dict[str, str] = {}
        for pk, key in stamp_keys.items():
            self.stamps[pk] = found.get(key) or new.setdefault(key, uuid.uuid4().hex)
        if new:
            cache.set_many(new, timeout=longest_timeout(self.model))
        for index, (obj, prop) in enumerate(self.places):
            if obj.pk is not None:
                stamp, value = found.get(value_key(obj, prop), (None, MISSING))
                if stamp == self.stamps[obj.pk]:
                    self.values[index] = value

    def _read_rows_anew(self) -> None:
        places = zip(self.places, self.values, strict=True)
        pks = {obj.pk for (obj, _), value in places if value is MISSING and obj.pk is not None}
        if pks:
            self.fresh = self.model._base_manager.using(self.database).in_bulk(pks)

    def store(self) -> None:
        by_timeout: dict[Any, dict[str, Any]] = {}
        for (obj, prop), value in zip(self.places, self.values, strict=True):
            if obj.pk in self.fresh and value.__class__ is not Failed:
                filed = by_timeout.setdefault(timeout_of(prop, self.alias), {})
                filed[value_key(obj, prop)] = (self.stamps[obj.pk], value)
        try:
            for timeout, values in by_timeout.items():
                caches[self.alias].set_many(values, timeout=timeout)
        except Exception:
            logger.warning("Cache %r cannot be written", self.alias, exc_info=True)


def fill(places: list[Place]) -> None:
    """Set what is in the cache, for who is in a thread already. What is not there is left to be awaited."""
    reading = _Reading(places)
    if connections[reading.database].in_atomic_block:
        return
    try:
        reading.look_up()
    except Exception as error:
        logger.debug("Cache %r is asked again when its values are awaited: %r", reading.alias, error)
        return
    for (obj, prop), value in zip(places, reading.values, strict=True):
        if value is not MISSING:
            obj.__dict__[prop.name] = value


async def answer_places(places: list[Place]) -> list[Any]:
    """From the cache in one hop; what it lacks is computed together, and filed in one more."""
    reading = _Reading(places)
    # BaseCache.aget_many() makes a hop for every key, and there is the database to ask besides.
    await sync_to_async(reading.read)()
    lacking: dict[AwaitedProperty[Any], list[int]] = {}
    for index, (_, prop) in enumerate(places):
        if reading.values[index] is MISSING:
            lacking.setdefault(prop, []).append(index)
    if not lacking:
        return reading.values
    objs = [reading.fresh.get(obj.pk, obj) for obj, _ in places]
    answers = await together(*(prop.answer([objs[i] for i in indexes]) for prop, indexes in lacking.items()))
    for indexes, values in zip(lacking.values(), answers, strict=True):
        for index, value in zip(indexes, values, strict=True):
            reading.values[index] = value
    if reading.fresh:
        await sync_to_async(reading.store)()
    return reading.values


def timeout_of(prop: AwaitedProperty[Any], alias: str) -> float | None:
    return caches[alias].default_timeout if prop.timeout is True else prop.timeout


def longest_timeout(model: Any) -> float | None:
    """A stamp lives as long as anything filed under it."""
    cached = [prop for prop in model.async_properties.values() if prop.is_cached]
    timeouts = [timeout_of(prop, model.cache_alias) for prop in cached]
    return None if None in timeouts else max(timeouts)  # type: ignore[type-var]
