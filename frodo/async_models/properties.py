"""Async properties, computed for one object or for many in one call, and the metaclass that collects them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast, overload

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db.models.base import ModelBase
from django.utils.functional import cached_property

from frodo.async_models.schema import MISSING, empty_value, return_type

if TYPE_CHECKING:
    from django.db.models import Model


T = TypeVar("T")


class Awaited(Generic[T]):
    """Awaitable returned by reading an async property."""

    __slots__ = ("_obj", "_property")

    def __init__(self, prop: AwaitedProperty[T], obj: Model) -> None:
        self._property = prop
        self._obj = obj

    def __await__(self) -> Generator[Any, None, T]:
        name = self._property.name
        if name not in self._obj.__dict__:
            yield from self._property.resolve([self._obj]).__await__()
        return self._obj.__dict__[name]

    def __repr__(self) -> str:
        return f"<{self._property.label} of {self._obj!r}, not awaited>"

    # A template or an `if` that forgot to await would quietly be wrong.
    def __str__(self) -> str:
        raise TypeError(f"{self._property.label} must be awaited; a template is given to_dicts()")

    def __bool__(self) -> bool:
        raise TypeError(f"{self._property.label} must be awaited before it is true or false")


# Django's Prefetch(to_attr=...) asks whether the class attribute is a cached_property
# before it looks for a value in the object's __dict__, which is where ours are kept too.
class AwaitedProperty(cached_property, Generic[T]):
    name: str

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.function = function
        self.label = function.__qualname__

    @overload  # type: ignore[override]  # a cached_property in Prefetch's eyes only
    def __get__(self, obj: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, obj: Model, owner: type | None = None) -> Awaitable[T]: ...
    def __get__(self, obj: Model | None, owner: type | None = None) -> Any:
        return self if obj is None else Awaited(self, obj)

    def __set__(self, obj: Model, value: T) -> None:  # type: ignore[override]  # as above
        obj.__dict__[self.name] = value

    def __delete__(self, obj: Model) -> None:
        obj.__dict__.pop(self.name, None)

    async def resolve(self, objs: Sequence[Model]) -> None:
        """Compute and store the value for each of these objects, unless it was set meanwhile."""
        raise NotImplementedError

    @cached_property
    def value_type(self) -> Any:
        """The annotated type of one value."""
        return return_type(self.function)


class AsyncProperty(AwaitedProperty[T]):
    async def resolve(self, objs: Sequence[Model]) -> None:
        values = await gather(*map(self.function, objs))
        for obj, value in zip(objs, values, strict=True):
            obj.__dict__.setdefault(self.name, value)


class BatchedProperty(AwaitedProperty[T]):
    def __init__(self, function: Callable[..., Any], *, default: Any = MISSING) -> None:
        super().__init__(function)
        self.default = default
        self.is_sync = not iscoroutinefunction(function)

    async def resolve(self, objs: Sequence[Model]) -> None:
        if self.is_sync:
            await sync_to_async(self.fill)(objs)
        else:
            rows = rows_of(objs)
            self._keep(objs, await self.function(rows) if rows else {})

    def fill(self, objs: Sequence[Model]) -> None:
        """`resolve` for sync property functions, in a database thread."""
        rows = rows_of(objs)
        self._keep(objs, self.function(rows) if rows else {})

    def _keep(self, objs: Sequence[Model], values: Mapping[Any, Any]) -> None:
        for obj in objs:
            obj.__dict__.setdefault(self.name, values[obj.pk] if obj.pk in values else self._empty(obj))

    @cached_property
    def value_type(self) -> Any:
        return return_type(self.function, of_mapping=True)

    def _empty(self, obj: Model) -> Any:
        if self.default is not MISSING:
            return self.default() if callable(self.default) else self.default
        value = empty_value(self.value_type)
        if value is MISSING:
            raise LookupError(f"{self.label} returned no value for {obj!r} and has no default")
        return value


def rows_of(objs: Iterable[Model]) -> list[Model]:
    """One object per row; unsaved objects are left out."""
    return list({obj.pk: obj for obj in objs if obj.pk is not None}.values())


async def gather(*awaitables: Awaitable[Any]) -> list[Any]:
    """Await concurrently; after all are done, raise the first error in order."""
    if len(awaitables) < 2:
        return [await each for each in awaitables]
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def async_property(function: Callable[[Any], Awaitable[T]], /) -> AsyncProperty[T]:
    """Decorator: a property that is awaited and cached by the object until it is saved or refreshed."""
    return AsyncProperty(function)


@overload
def batched_property(
    function: Callable[[list[Any]], Awaitable[Mapping[Any, T]] | Mapping[Any, T]], /
) -> BatchedProperty[T]: ...
@overload
def batched_property(
    *, default: Any = ...
) -> Callable[[Callable[[list[Any]], Awaitable[Mapping[Any, T]] | Mapping[Any, T]]], BatchedProperty[T]]: ...
def batched_property(function: Any = None, /, **options: Any) -> Any:
    """Decorator: a property computed for a list of objects by a function that returns a mapping from pk to value.

    A plain `def` runs in a database thread; `to_dicts` runs it in the same hop as its own queries.

    An object the mapping leaves out gets `default` (a value, or a callable that makes one), or else
    the empty value of the annotated type: 0 for `dict[int, int]`, [] for `dict[int, list[str]]`.
    """
    if function is None:
        return lambda function: BatchedProperty(function, **options)
    return BatchedProperty(function, **options)


class AsyncModelBase(ModelBase):
    """Django's ModelBase; the class also knows its async properties."""

    async_properties: Mapping[str, AwaitedProperty[Any]]

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> AsyncModelBase:
        cls = cast(AsyncModelBase, super().__new__(mcs, name, bases, attrs, **kwargs))
        cls.async_properties = MappingProxyType(collect(cls))
        return cls


def collect(cls: type) -> dict[str, AwaitedProperty[Any]]:
    """Async properties by name, bases first. A subclass's attribute of the same name removes one."""
    found: dict[str, AwaitedProperty[Any]] = {}
    for klass in reversed(cls.__mro__):
        for name, value in vars(klass).items():
            if isinstance(value, AwaitedProperty) and name != "pk" and not name.startswith("_"):
                found[name] = value
            else:
                found.pop(name, None)
    return found
