"""The metaclass. It collects, and does nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db.models.base import ModelBase

from .properties import AwaitedProperty


class AsyncModelBase(ModelBase):
    """Django's own metaclass, and the class knows which of its properties are awaited."""

    async_properties: Mapping[str, AwaitedProperty[Any]]

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any):
        cls = super().__new__(mcs, name, bases, attrs, **kwargs)
        cls.async_properties = MappingProxyType(collect(cls))
        return cls


def collect(cls: type) -> dict[str, AwaitedProperty[Any]]:
    """By name, bases first. Whatever a subclass puts in its place, None or other, takes it out."""
    found: dict[str, AwaitedProperty[Any]] = {}
    for klass in reversed(cls.__mro__):
        for name, value in vars(klass).items():
            if isinstance(value, AwaitedProperty) and name != "pk" and not name.startswith("_"):
                found[name] = value
            else:
                found.pop(name, None)
    return found
