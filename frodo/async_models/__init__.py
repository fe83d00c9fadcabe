"""Async properties of models, and serialization of models to dictionaries.

Nothing here knows the blog: the folder can be lifted into any Django project.
docs/async-models.md tells how it is used.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any, ClassVar, Self

from django.core import checks
from django.db import models

from frodo.async_models import query_plans, serialization
from frodo.async_models.json_values import json_value
from frodo.async_models.properties import (
    AsyncModelBase,
    AsyncProperty,
    BatchedProperty,
    async_property,
    batched_property,
)
from frodo.async_models.query_plans import TooDeep, UnknownField, names_of
from frodo.async_models.schema import openapi_components


class AsyncModel(models.Model, metaclass=AsyncModelBase):
    # The allow-list, in order. None: the key and every awaited property.
    public: ClassVar[Iterable[str] | None] = None
    # Shown too, but only when asked for with `fields` or `expand`.
    details: ClassVar[Iterable[str]] = ()
    # What is shown inside another object. None: the public names that need no waiting.
    brief: ClassVar[Iterable[str] | None] = None
    # Relations shown by their key alone, until they are expanded.
    by_key: ClassVar[Iterable[str]] = ()
    # For these names the objects are completed first: what they show of other rows is loaded for all of them at once.
    completed: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.forget()

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        # Django calls this, too, to load a single deferred field: nothing is old then.
        fields = None if fields is None else list(fields)
        anew = fields is None or any(name in self.__dict__ for name in fields)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        if anew:
            self.forget()

    async def to_dict(
        self,
        fields: str | Iterable[str] | None = None,
        expand: str | Iterable[str] | None = None,
        *,
        native: bool = False,
    ) -> dict[str, Any]:
        """This object as a dictionary of its public fields. See `to_dicts`."""
        return (await type(self).to_dicts([self], fields, expand, native=native))[0]

    @classmethod
    async def to_dicts(
        cls,
        objs: Iterable[Self] | AsyncIterable[Self],
        fields: str | Iterable[str] | None = None,
        expand: str | Iterable[str] | None = None,
        *,
        native: bool = False,
    ) -> list[dict[str, Any]]:
        """These objects (or a queryset) as dictionaries that JSON can carry.

        `fields` names what is wanted, by default all that is public; `expand`
        gives in full what else would be brief: "author", "comments.author".
        With `native` the values stay Python's own, for a template.
        """
        if isinstance(objs, AsyncIterable) and not isinstance(objs, models.QuerySet):
            objs = [obj async for obj in objs]
        return await serialization.run(
            serialization.all_rows(cls, objs, names_of(fields), names_of(expand) or (), native)
        )

    @classmethod
    def to_dicts_sync(
        cls,
        objs: Iterable[Self],
        fields: str | Iterable[str] | None = None,
        expand: str | Iterable[str] | None = None,
        *,
        native: bool = False,
    ) -> list[dict[str, Any]]:
        """`to_dicts` in a thread: for services, feeds and the admin.

        Raises TypeError when a property that needs the event loop is asked for.
        """
        return serialization.run_sync(
            serialization.all_rows(cls, objs, names_of(fields), names_of(expand) or (), native)
        )

    def to_dict_sync(
        self,
        fields: str | Iterable[str] | None = None,
        expand: str | Iterable[str] | None = None,
        *,
        native: bool = False,
    ) -> dict[str, Any]:
        """`to_dict` in a thread."""
        return type(self).to_dicts_sync([self], fields, expand, native=native)[0]

    @classmethod
    def json_types(cls, *, brief: bool = False) -> dict[str, Any]:
        """Name and Python type of each public field."""
        return query_plans.json_types(cls, brief=brief)

    @classmethod
    def openapi_components(cls) -> dict[str, Any]:
        """OpenAPI schemas of this model and its public relations."""
        return openapi_components(cls)

    @property
    def is_complete(self) -> bool:
        """Whether `complete` has nothing to load for this object."""
        return True

    @classmethod
    def complete(cls, objs: Iterable[Self]) -> None:
        """Load what the names in `completed` need; called in the thread of the queries."""

    def forget(self) -> None:
        """Discard the computed values of this object's async properties."""
        for name in type(self).async_properties:
            self.__dict__.pop(name, None)

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *cls._check_shown()]

    @classmethod
    def _check_shown(cls) -> list[checks.CheckMessage]:
        problems: list[checks.CheckMessage] = []
        for name in dict.fromkeys((*query_plans.public_names(cls), *(cls.brief or ()), *cls.details)):
            try:
                item = query_plans.classify(cls, name)
            except UnknownField as error:
                problems.append(checks.Error(str(error), obj=cls, id="async_model.E001"))
                continue
            if item.type is Any and item.kind in ("awaited", "plain"):
                problems.append(
                    checks.Warning(
                        f"{cls.__name__}.{name} does not say what it returns, so the schema cannot",
                        hint="Annotate its return type.",
                        obj=cls,
                        id="async_model.W001",
                    )
                )
        return problems
