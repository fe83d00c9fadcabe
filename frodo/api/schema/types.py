"""Response types for `@extend_schema(responses=...)` and their schemas.

A type is an async model, a TypedDict, a combination as below, or a schema as a dict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict, is_typeddict

import inflection
from django.db import models
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.utils import OpenApiResponse

from frodo.async_models.schema import REF, field_type, openapi_components, openapi_of


@dataclass(frozen=True, slots=True)
class Partial:
    """A model of which `?fields=` selects fields and `?expand=` expands relations."""

    model: type[models.Model]
    expand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of a list with cursors."""

    row: Any
    orders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        row = self.row.model if isinstance(self.row, Partial) else self.row
        row = row.base if isinstance(row, Extended) else row
        return f"PageOf{inflection.pluralize(row.__name__.removesuffix('Out'))}"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A whole list with further fields."""

    row: Any
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extended:
    """A type with more fields."""

    base: Any
    more: Mapping[str, Any]
    optional: Mapping[str, Any] = field(default_factory=dict)


class ErrorDetails(TypedDict):
    code: str
    message: str
    fields: NotRequired[dict[str, Any]]


class Error(TypedDict):
    error: ErrorDetails


class ConflictDetails(TypedDict):
    code: Literal["conflict"]
    message: str
    current: dict[str, Any]
    yours: dict[str, Any]
    etag: str


class Conflict(TypedDict):
    error: ConflictDetails


def error(*codes: str) -> OpenApiResponse:
    """Errors with these codes, besides those of every endpoint with this status."""
    return OpenApiResponse(Error, ", ".join(f"`{code}`" for code in codes) + ".")


class Schemas:
    """Schemas of types; referenced ones are registered as components."""

    def __init__(self, registry: ComponentRegistry) -> None:
        self.registry = registry

    def of(self, hint: Any) -> dict:
        match hint:
            case dict():
                return hint
            case PageOf():
                url = {"type": ["string", "null"], "format": "uri"}
                return self.component(hint.name, self.rows(hint.row, {"next": url, "previous": url}))
            case ListOf():
                return self.rows(hint.row, hint.more)
            case Extended():
                more = {name: self.of(each) for name, each in {**hint.more, **hint.optional}.items()}
                fields = {"type": "object", "properties": more, "required": [*hint.more]}
                return {"allOf": [self.of(hint.base), fields]}
            case Partial(model):
                part = {**openapi_components(model)[model.__name__], "required": []}
                return {"anyOf": [self.of(model), self.component(f"{model.__name__}Part", part)]}
        if isinstance(hint, type) and issubclass(hint, models.Model):
            return self.of_model(hint)
        found = openapi_of(hint, self.of_model)
        return self.component(hint.__name__, found) if is_typeddict(hint) else found

    def of_model(self, model: type[models.Model]) -> dict:
        if not hasattr(model, "json_types"):
            return openapi_of(field_type(model._meta.pk), self.of_model)
        for name, schema in openapi_components(model).items():
            self.component(name, schema)
        return {"$ref": REF + model.__name__}

    def rows(self, row: Any, more: Mapping[str, Any]) -> dict:
        properties = {name: self.of(hint) for name, hint in more.items()}
        properties["results"] = {"type": "array", "items": self.of(row)}
        return {"type": "object", "properties": properties, "required": [*properties]}

    def component(self, name: str, schema: dict) -> dict:
        found = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, object=name)
        self.registry.register_on_missing(found)
        return found.ref
