"""What the schema says of one method of one endpoint: what its room wrote of it, and what all of them share."""

from functools import cached_property
from importlib import import_module
from importlib.util import find_spec

import inflection
import uritemplate
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_media_type_object
from rest_framework.permissions import SAFE_METHODS

from frodo.api.documenting import Documented, PageOf, Parameter, known
from frodo.api.schema import sharing
from frodo.api.schema.types import Types

VERBS = {"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "change", "DELETE": "delete"}
WITH_BODY = {"POST", "PUT", "PATCH"}


class EndpointSchema(AutoSchema):
    @cached_property
    def said(self) -> Documented | None:
        endpoint = type(self.view)
        for each in endpoint.__mro__:
            module = f"{each.__module__}_docs"
            if each.__module__.endswith("api") and find_spec(module):
                import_module(module)
        found = (known.get((each, self.method)) for each in endpoint.__mro__)
        return next(filter(None, found), None)

    @property
    def is_read(self) -> bool:
        return self.method in SAFE_METHODS

    @property
    def is_door(self) -> bool:
        """Who comes in here is known by the body only."""
        return not self.view.get_authenticators()

    @property
    def can_conflict(self) -> bool:
        return bool(self.said and self.said.has_versions) and self.method in {"PUT", "PATCH", "DELETE"}

    @property
    def types(self) -> Types:
        """One for the whole schema, kept where drf-spectacular keeps its own."""
        if not hasattr(self.registry, "types"):
            self.registry.types = Types()
        return self.registry.types

    def share(self, name: str, default=None):
        return getattr(self.view, name, default)

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        self.__dict__.pop("said", None)  # one instance speaks of several methods
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        body = operation.get("requestBody")
        if body is not None and self.said and self.said.example is not None:
            for media in body["content"].values():
                media["example"] = self.said.example
        return operation

    def get_operation_id(self) -> str:
        if self.said and self.said.id:
            return self.said.id
        noun = type(self.view).__name__.removeprefix("One")
        many = inflection.pluralize(noun) == noun and not type(self.view).__name__.startswith("One")
        verb = "list" if many and self.method == "GET" else VERBS[self.method]
        return verb + (inflection.singularize(noun) if many and verb == "create" else noun)

    def get_tags(self) -> list[str]:
        return [type(self.view).__module__.split(".")[-2]]

    def get_summary(self):
        return self.said and self.said.summary

    def get_description(self) -> str:
        scope = self.share("scope")
        parts = [str(self.said.more) if self.said else ""]
        if self.is_door:
            return parts[0]
        if not self.is_read or self.share("private", False):
            parts.append(str(sharing.scope_words(scope)))
        parts += [str(sharing.WHO[each]) for each in self.share("permission_classes", ()) if each in sharing.WHO]
        return "\n\n".join(filter(None, parts))

    def get_auth(self) -> list[dict]:
        for name, scheme in sharing.SCHEMES.items():
            self.registry.register_on_missing(sharing.security(name, scheme))
        if self.is_door:
            return [{}]
        open_to_all = [] if self.needs_sign_in() else [{}]
        return [*open_to_all, {"session": []}, {"bearer": []}]

    def needs_sign_in(self) -> bool:
        asked = set(self.share("permission_classes", ()))
        return bool(asked & sharing.ALWAYS) or (not self.is_read and bool(asked & sharing.ON_WRITES))

    def get_request_serializer(self):
        return self.said and self.said.body

    def _get_request_body(self, direction="request"):
        if self.method not in WITH_BODY or not (self.said and self.said.body):
            return None
        body = super()._get_request_body(direction)
        return {**body, "required": True} if body else None

    def get_response_serializers(self) -> None:
        return None

    def _get_parameters(self) -> list[dict]:
        in_path = self._resolve_path_parameters(uritemplate.variables(self.path))
        found = [describe(each) for each in in_path]
        query = []
        if self.said:
            query += [*sharing.parameters_of(self.said.response), *self.said.query]
        if self.method == "POST" and self.share("is_repeatable", False):
            query.append(sharing.IDEMPOTENCY_KEY)
        if self.can_conflict:
            query.append(sharing.IF_MATCH)
        if self.is_read:
            query.append(sharing.IF_NONE_MATCH)
        return found + [spelled(each) for each in query]

    def _get_response_bodies(self, direction="response") -> dict:
        said, found = self.said, {}
        if said:
            found[str(said.status)] = self.success(said.response, said.answer, said.media)
            for status, response in said.sends.items():
                found[str(status)] = self.success(response, None, said.media)
        if self.is_read:
            found["304"] = {"description": str(sharing.NOTHING_NEW), "headers": sharing.headers("ETag")}
        for status in self.refusals():
            more = said.errors.get(status, "") if said else ""
            found[str(status)] = sharing.refused(status, more, self.types)
        return dict(sorted(found.items()))

    def success(self, response, example, media: tuple[str, ...]) -> dict:
        names = ["ETag"] if self.is_read or (self.said.has_versions and response is not None) else []
        if isinstance(response, PageOf):
            names.append("Link")
        if self.method == "POST" and self.share("is_repeatable", False):
            names.append("Idempotent-Replayed")
        if self.said.status == 201:
            names.append("Location?")
        answer = {"description": str(sharing.DONE if response is None else sharing.FOUND)}
        if names:
            answer["headers"] = sharing.headers(*names)
        if response is not None:
            answer["content"] = {each: build_media_type_object(self.types.refer(response)) for each in media}
            if example is not None:
                answer["content"][media[0]]["example"] = example
        return answer

    def refusals(self) -> list[int]:
        statuses = {400, 401, 403, 429, 503, *(self.said.errors if self.said else ())}
        if "{" in self.path:
            statuses.add(404)
        if self.method in WITH_BODY:
            statuses |= {413, 415}
        if self.method == "POST" and self.share("is_repeatable", False):
            statuses.add(422)
        if self.can_conflict:
            statuses.add(409)
        return sorted(statuses)


def describe(parameter: dict) -> dict:
    words = sharing.IN_PATH.get(parameter["name"])
    return {**parameter, "description": str(words)} if words and parameter["in"] == "path" else parameter


def spelled(parameter: Parameter) -> dict:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": str(parameter.words),
        "schema": dict(parameter.schema),
        **({"required": True} if parameter.is_required else {}),
    }
