"""The metaclass, which collects async properties."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from django.db.models.base import ModelBase

from frodo.async_models.properties import AwaitedProperty


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
