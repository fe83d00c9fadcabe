"""The OpenAPI schema of the API by drf-spectacular.

A response type for `@extend_schema(responses=...)` is an async model, a TypedDict, a combination as below, or a schema
as a dict. EndpointSchema adds what drf-spectacular cannot know of an Endpoint: permissions, headers, common errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypedDict, is_typeddict

import inflection
from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.permissions import SAFE_METHODS

from frodo.api import Endpoint
from frodo.api.conditional import Versioned
from frodo.api.pagination import MAX_LIMIT
from frodo.api.permissions import OnlyWriters, PublishersWrite, SignedIn, WritersWrite
from frodo.async_models.schema import REF, field_type, openapi_components, openapi_of
from frodo.models import MAX_KEY


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


VERBS = {"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "change", "DELETE": "delete"}
WITH_BODY = {"POST", "PUT", "PATCH"}
PERMISSIONS = {
    WritersWrite: _("Contributors, editors and the author write."),
    PublishersWrite: _("Editors and the author write."),
    OnlyWriters: _("For contributors, editors and the author."),
    SignedIn: _("For signed-in users."),
}
ERRORS = {
    400: _("The request is invalid: `parse_error`, `invalid` with errors by field, `bad_parameter`, `unknown_field`."),
    401: _("Not signed in, or the token is not valid: `not_authenticated`, `authentication_failed`."),
    403: _("Not allowed: `permission_denied`, `scope_missing`, `not_by_token`, `other_site`."),
    404: _("Not found, or not visible to you: `not_found`."),
    409: _("It was changed elsewhere: `conflict` with `current`, `yours` and `etag`."),
    413: _("The body is too large: `too_large`."),
    415: _("The body has the wrong media type: `unsupported_media_type`."),
    422: _("The Idempotency-Key was used with another request: `idempotency_key_reused`."),
    429: _("Too many requests: `too_fast`. Retry-After says when to try again."),
    503: _("The database is not available: `unavailable`. Try again in a moment."),
}


def header(
    name: str, description: Any, schema: Any = str, *, required: bool = False, response: bool | list[int | str] = False
) -> OpenApiParameter:
    return OpenApiParameter(name, schema, "header", required=required, description=description, response=response)


IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    _("The same request sent again with the same key within a day gets the first response; nothing is created twice."),
    {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": r"^[\x20-\x7e]+$"},
)
IF_MATCH = header("If-Match", _("The ETag of the version to change. If it has changed since, the answer is 409."))
IF_NONE_MATCH = header("If-None-Match", _("A known ETag: the answer is 304 if nothing has changed."))
REPLAYED = header("Idempotent-Replayed", _("`true`: this is the response to an earlier request."), response=[200, 201])
LINK = header("Link", _("RFC 8288: `next` and `prev`, where there are such pages."), response=[200])
LOCATION = header("Location", _("The URL of what was created."), response=[201])
OF_ERRORS = [
    header("Retry-After", _("Seconds."), int, required=True, response=[429, 503]),
    header("WWW-Authenticate", _("How to authenticate."), response=[401]),
]


class EndpointSchema(AutoSchema):
    view: Endpoint  # type: ignore[override]  # all views of the schema are

    @property
    def is_read(self) -> bool:
        return self.method in SAFE_METHODS

    @property
    def is_versioned(self) -> bool:
        return isinstance(self.view, Versioned) and not self.is_read

    @property
    def accepts_idempotency_key(self) -> bool:
        return self.method == "POST" and self.view.accepts_idempotency_key

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args)
        if operation and self.view.get_authenticators():
            notes = [operation.get("description", ""), *self.access_notes()]
            operation["description"] = "\n\n".join(str(note) for note in notes if note)
        return operation

    def access_notes(self) -> list:
        notes = [PERMISSIONS[each] for each in self.view.permission_classes if each in PERMISSIONS]
        if self.is_read and not self.view.private:
            return notes
        if self.view.scope is None:
            return [_("Not with a personal token."), *notes]
        return [_("A personal token needs the scope `%s`.") % self.view.scope, *notes]

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        noun = name.removesuffix("Detail")
        is_list = noun == name and inflection.pluralize(noun) == noun
        if is_list and self.method == "GET":
            return f"list{noun}"
        return VERBS[self.method] + (inflection.singularize(noun) if is_list else noun)

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.split(".")[-2]]

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's own signature
        return ""  # docstrings are for developers, and in English

    def get_auth(self) -> list[dict]:
        if not self.view.get_authenticators():
            return [{}]
        permissions = set(self.view.permission_classes)
        is_public = not permissions & {OnlyWriters, SignedIn}
        if not self.is_read and permissions & {WritersWrite, PublishersWrite}:
            is_public = False
        return [*([{}] if is_public else []), {"session": []}, {"bearer": []}]

    def get_override_parameters(self) -> list[Any]:
        success = next(iter(self.success().values()))
        found = [*OF_ERRORS, *parameters_of(success), LOCATION]
        if self.is_read or self.is_versioned:
            found.append(header("ETag", _("The version."), required=True, response=[200, 201, 304]))
        if self.accepts_idempotency_key:
            found += [IDEMPOTENCY_KEY, REPLAYED]
        if self.is_versioned and self.method != "POST":
            found.append(IF_MATCH)
        return [*found, IF_NONE_MATCH] if self.is_read else found

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "serializer_class", None)

    def _get_request_body(self, direction: Any = "request") -> Any:
        if self.method not in WITH_BODY or self.get_request_serializer() is None:
            return None
        return {**super()._get_request_body(direction), "required": True}

    def get_response_serializers(self) -> Any:
        """Without `responses=`: the endpoint's model with the fields of `source`; nothing for DELETE."""
        if self.method == "DELETE":
            return {204: None}
        whole: Any = self.view.model
        if source := getattr(self.view, "source", ()):
            whole = Extended(whole, {name: field_type(whole._meta.get_field(name)) for name in source})
        return {201 if self.method == "POST" else 200: whole}

    def success(self) -> dict:
        found = self.get_response_serializers()
        return found if isinstance(found, dict) else {200: found}

    def _get_response_bodies(self, direction: Any = "response") -> dict:
        found = {}
        for key, response in self.success().items():
            status, *media_types = key if isinstance(key, tuple) else (key,)
            found[status] = self.response(status, response, media_types)
        if self.is_read:
            found[304] = self.response(304, OpenApiResponse(None, _("Nothing has changed.")))
        for status in self.error_statuses() - found.keys():
            shared = ResolvedComponent(str(status), ResolvedComponent.RESPONSE, object=str(status))
            if shared not in self.registry:
                shared.schema = self.response(status, Conflict if status == 409 else Error)
                self.registry.register(shared)
            found[status] = shared.ref
        return {str(status): found[status] for status in sorted(found)}

    def response(self, status: int, response: Any, media_types: Any = ()) -> dict:
        text = "" if status >= 400 else _("Success.")
        if isinstance(response, OpenApiResponse):
            response, text = response.response, response.description
        if status >= 400:
            text = f"{ERRORS[status]} {text}".strip()
        schema = None if response is None else Schemas(self.registry).of(response)
        return self._get_response_for_code(OpenApiResponse(schema, text), str(status), media_types)

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # lists are PageOf and ListOf

    def error_statuses(self) -> set[int]:
        return {
            *(400, 401, 403, 429, 503),
            *((404,) if "{" in self.path else ()),
            *((413, 415) if self.method in WITH_BODY else ()),
            *((422,) if self.accepts_idempotency_key else ()),
            *((409,) if self.is_versioned and self.method != "POST" else ()),
        }


def parameters_of(response: Any) -> list[OpenApiParameter]:
    found = []
    if isinstance(response, PageOf):
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 20}
        if response.orders:
            found.append(OpenApiParameter("order", enum=response.orders, description=_("The order.")))
        found += [
            OpenApiParameter("cursor", description=_("From `next` or `previous` of another page.")),
            OpenApiParameter("limit", limit, description=_("How many at most.")),
            LINK,
        ]
    if isinstance(response, PageOf | ListOf):
        response = response.row
    if isinstance(response, Partial):
        found.append(OpenApiParameter("fields", description=_("Only these fields, separated by commas.")))
        names = ", ".join(response.expand)
        text = _("Relations to expand, separated by commas: %s.") % names if names else _("Nothing can be expanded.")
        found.append(OpenApiParameter("expand", description=text))
    return found
