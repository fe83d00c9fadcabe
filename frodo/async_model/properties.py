"""Properties that are awaited: answered for one object, or for many in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.utils.functional import cached_property

from . import cached as cache
from .schema import empty_value, return_type
from .waiting import MISSING, Failed, Wait, batch_of_this_turn, wait_for

if TYPE_CHECKING:
    from django.db.models import Model

    from .waiting import Place

T = TypeVar("T")


class Awaited(Generic[T]):
    """What reading such a property gives. Only `await` opens it."""

    __slots__ = ("_obj", "_property")

    def __init__(self, prop: AwaitedProperty[T], obj: Model) -> None:
        self._property = prop
        self._obj = obj

    def __await__(self) -> Generator[Any, None, T]:
        value = self._obj.__dict__.get(self._property.name, MISSING)
        if value is not MISSING and value.__class__ is not Wait:
            return value
        return (yield from self._property.value_for(self._obj).__await__())

    def __repr__(self) -> str:
        return f"<{self._property.label} of {self._obj!r}, to be awaited>"

    # A template or an `if` that forgot to await would quietly be wrong.
    def __str__(self) -> str:
        raise TypeError(f"{self._property.label} must be awaited; a template is given to_dicts()")

    def __bool__(self) -> bool:
        raise TypeError(f"{self._property.label} must be awaited before it is true or false")


# Django's Prefetch(to_attr=...) asks whether the class attribute is a cached_property
# before it looks for a value in the object's __dict__, which is where ours are kept too.
class AwaitedProperty(cached_property, Generic[T]):
    name: str

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        cached: bool | float | None = False,
        depends: Iterable[str] = (),
        by_language: bool = False,
    ) -> None:
        super().__init__(function)
        self.function = function
        self.is_cached = cached is not False
        self.timeout = cached
        self.depends = tuple(depends)
        self.by_language = by_language
        self.label = function.__qualname__

    @overload
    def __get__(self, obj: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, obj: Model, owner: type | None = None) -> Awaitable[T]: ...
    def __get__(self, obj: Model | None, owner: type | None = None) -> Any:
        return self if obj is None else Awaited(self, obj)

    def __set__(self, obj: Model, value: T) -> None:
        obj.__dict__[self.name] = value

    def __delete__(self, obj: Model) -> None:
        obj.__dict__.pop(self.name, None)

    async def value_for(self, obj: Model) -> T:
        while True:
            value = obj.__dict__.get(self.name, MISSING)
            if value.__class__ is not Wait:
                if value is not MISSING:
                    return value
                value = None
            wait = value if value and value.is_joinable() else self._begin(obj)
            await wait_for([wait])
            wait.raise_for(obj, self)

    async def answer(self, objs: Sequence[Model]) -> list[Any]:
        """The values for these objects, in their order, freshly computed."""
        raise NotImplementedError

    async def answer_places(self, places: list[Place]) -> list[Any]:
        return await self.answer([obj for obj, _ in places])

    @cached_property
    def value_type(self) -> Any:
        """The annotated type of one value."""
        return return_type(self.function)

    def _begin(self, obj: Model) -> Wait:
        work = cache.answer_places if self.is_cached else self.answer_places
        batch = batch_of_this_turn((self, type(obj), obj._state.db), work)
        batch.add(obj, self)
        return batch


class AsyncProperty(AwaitedProperty[T]):
    async def answer(self, objs: Sequence[Model]) -> list[Any]:
        if len(objs) == 1:
            return [await self.function(objs[0])]
        answers = await asyncio.gather(*map(self.function, objs), return_exceptions=True)
        return [Failed(a) if isinstance(a, BaseException) else a for a in answers]

    def _begin(self, obj: Model) -> Wait:
        if self.is_cached:
            return super()._begin(obj)
        return Wait(self.answer_places, [(obj, self)])


class BatchedProperty(AwaitedProperty[T]):
    def __init__(self, function: Callable[..., Any], *, default: Any = MISSING, **options: Any):
        super().__init__(function, **options)
        self.default = default
        self.is_sync = not iscoroutinefunction(function)

    async def answer(self, objs: Sequence[Model]) -> list[Any]:
        rows = rows_of(objs)
        if not rows:
            return self._in_order(objs, {})
        if self.is_sync:
            return self._in_order(objs, await sync_to_async(self.function)(rows))
        return self._in_order(objs, await self.function(rows))

    def fill(self, objs: Sequence[Model]) -> None:
        """Answer at once, for who is in a thread already (a plain `def` only)."""
        rows = rows_of(objs)
        answers = self._in_order(objs, self.function(rows) if rows else {})
        for obj, answer in zip(objs, answers, strict=True):
            if answer.__class__ is Failed:
                raise answer.error
            obj.__dict__[self.name] = answer

    def _in_order(self, objs: Sequence[Model], answers: Mapping[Any, Any]) -> list[Any]:
        return [answers[obj.pk] if obj.pk in answers else self._empty(obj) for obj in objs]

    @cached_property
    def value_type(self) -> Any:
        return return_type(self.function, of_mapping=True)

    def _empty(self, obj: Model) -> Any:
        if self.default is not MISSING:
            return self.default() if callable(self.default) else self.default
        value = empty_value(self.value_type)
        if value is MISSING:
            return Failed(LookupError(f"{self.label} gave no answer for {obj!r} and has no default"))
        return value


def rows_of(objs: Iterable[Model]) -> list[Model]:
    """One object for each row; those that are no row yet have nothing to ask a database."""
    return list({obj.pk: obj for obj in objs if obj.pk is not None}.values())


@overload
def async_property(function: Callable[[Any], Awaitable[T]], /) -> AsyncProperty[T]: ...
@overload
def async_property(
    *,
    cached: bool | float | None = False,
    depends: Iterable[str] = (),
    by_language: bool = False,
) -> Callable[[Callable[[Any], Awaitable[T]]], AsyncProperty[T]]: ...
def async_property(function: Any = None, /, **options: Any) -> Any:
    """A property whose value is awaited, and kept by the object once it is known.

    `cached` keeps it in Django's cache as well: for so many seconds, with True
    for the cache's own default, with None for ever. It is thrown away when the
    row changes, or a row on one of the relation paths in `depends`.
    """
    return _decorate(AsyncProperty, function, options)


@overload
def batched_property(
    function: Callable[[list[Any]], Awaitable[Mapping[Any, T]] | Mapping[Any, T]], /
) -> BatchedProperty[T]: ...
@overload
def batched_property(
    *,
    default: Any = ...,
    cached: bool | float | None = False,
    depends: Iterable[str] = (),
    by_language: bool = False,
) -> Callable[[Callable[[list[Any]], Awaitable[Mapping[Any, T]] | Mapping[Any, T]]], BatchedProperty[T]]: ...
def batched_property(function: Any = None, /, **options: Any) -> Any:
    """A property that answers for a list of objects at once, with a mapping from pk to value.

    Written as a plain `def` it runs in the thread of the ORM, and `to_dicts`
    runs it there in the same hop as its own queries.

    An object the mapping leaves out gets `default` (a value, or a callable
    that makes one), or else the empty value of the annotated type: 0 for
    `dict[int, int]`, [] for `dict[int, list[str]]`. Other options as in
    `async_property`.
    """
    return _decorate(BatchedProperty, function, options)


def _decorate(kind: type[AwaitedProperty[Any]], function: Any, options: dict[str, Any]) -> Any:
    if function is None:
        return lambda function: kind(function, **options)
    return kind(function, **options)


async def settle(objs: Sequence[Model], props: Sequence[AwaitedProperty[Any]]) -> None:
    """Have every one of these values in every one of these objects, all asked for together."""
    while waits := _begin_all(objs, props):
        await wait_for(waits)
        if any(wait.error or wait.errors for wait in waits):
            for prop in props:
                for obj in objs:
                    for wait in waits:
                        wait.raise_for(obj, prop)


def _begin_all(objs: Sequence[Model], props: Sequence[AwaitedProperty[Any]]) -> list[Wait]:
    """What is to be waited for: work that is under way already, and new work for all the rest."""
    waits: dict[Wait, None] = {}
    new: dict[Any, Wait] = {}
    for prop in props:
        name = prop.name
        for obj in objs:
            value = obj.__dict__.get(name, MISSING)
            if value.__class__ is Wait and value.is_joinable():
                waits[value] = None
            elif value is MISSING or value.__class__ is Wait:
                key = (prop.is_cached or prop, obj.__class__, obj._state.db)
                if key not in new:
                    new[key] = Wait(cache.answer_places if prop.is_cached else prop.answer_places)
                    waits[new[key]] = None
                new[key].add(obj, prop)
    return list(waits)
