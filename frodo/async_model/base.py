"""AsyncModel, the base class that turns any model into what its readers are shown."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any, ClassVar, Self

from django.core import checks
from django.db import models

from . import dicts, flushing, plans
from .collecting import AsyncModelBase
from .loading import Loaded, evaluate
from .plans import UnknownField, names_of
from .schema import openapi_components
from .waiting import MISSING, Wait


class AsyncModel(models.Model, metaclass=AsyncModelBase):
    # The allow-list, in order. None: the key and every awaited property.
    public: ClassVar[Iterable[str] | None] = None
    # Shown too, but only when asked for with `fields` or `expand`.
    details: ClassVar[Iterable[str]] = ()
    # What is shown inside another object. None: the public names that need no waiting.
    brief: ClassVar[Iterable[str] | None] = None
    # Relations shown by their key alone, until they are expanded.
    by_key: ClassVar[Iterable[str]] = ()
    # Where `cached` properties are kept: an alias of settings.CACHES.
    cache_alias: ClassVar[str] = "default"

    class Meta:
        abstract = True

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        for name in type(self).async_properties:  # work under way belongs to its loop
            if state.get(name, MISSING).__class__ is Wait:
                del state[name]
        return state

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.forget()

    def refresh_from_db(self, using: Any = None, fields: Any = None, **kwargs: Any) -> None:
        # Django calls this, too, to load a single deferred field: nothing is old then.
        fields = None if fields is None else list(fields)
        anew = fields is None or any(name in self.__dict__ for name in fields)
        super().refresh_from_db(using=using, fields=fields, **kwargs)
        if anew:
            self.forget()

    async def to_dict(
        self,
        fields: str | Iterable[str] | None = None,
        expand: str | Iterable[str] | None = None,
        *,
        native: bool = False,
    ) -> dict[str, Any]:
        """This object as its readers are shown it. See `to_dicts`."""
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
        shown, wider = names_of(fields), names_of(expand) or ()
        plan = plans.plan_for(cls, shown, wider)  # a wrong name is wrong even when there are no rows
        loaded: Loaded = {}
        if isinstance(objs, models.QuerySet):
            found = await evaluate(plan, objs, loaded)
        else:
            found = [obj async for obj in objs] if isinstance(objs, AsyncIterable) else list(objs)
        return await dicts.to_dicts(found, shown, wider, native, loaded=loaded) if found else []

    @classmethod
    def json_types(cls, *, brief: bool = False) -> dict[str, Any]:
        """Each name that is shown and its Python type."""
        return plans.json_types(cls, brief=brief)

    @classmethod
    def openapi_components(cls) -> dict[str, Any]:
        """OpenAPI schemas of this model and of those it shows."""
        return openapi_components(cls)

    @classmethod
    def flush_cached(cls, objs: Iterable[Self | Any]) -> None:
        """Throw away what is cached for these objects or keys, on commit.

        Saving and deleting do so by themselves; `queryset.update()` cannot.
        """
        flushing.flush_on_commit(cls, [getattr(obj, "pk", obj) for obj in objs])

    def forget(self) -> None:
        """Let every awaited property be computed anew for this object."""
        for name in type(self).async_properties:
            self.__dict__.pop(name, None)

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *cls._check_shown(), *flushing.check_paths(cls)]

    @classmethod
    def _check_shown(cls) -> list[checks.CheckMessage]:
        problems: list[checks.CheckMessage] = []
        for name in dict.fromkeys((*plans.public_names(cls), *(cls.brief or ()), *cls.details)):
            try:
                item = plans.classify(cls, name)
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
