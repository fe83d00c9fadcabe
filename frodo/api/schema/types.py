"""From types to `components.schemas`: models that show themselves, TypedDicts, pages and parts of them."""

from typing import Any, is_typeddict

import inflection
from django.db import models

from frodo.api.documenting import ListOf, PageOf, Part, With
from frodo.async_model.schema import REF, field_type, openapi_components, openapi_of


class Types:
    """`refer(type)` is how it is spoken of; what it speaks of is then in `components`."""

    def __init__(self) -> None:
        self.components: dict[str, dict] = {}
        self.responses: dict[str, dict] = {}
        """What many endpoints answer in the same words."""

    def refer(self, hint: Any) -> dict:
        if isinstance(hint, PageOf):
            return self.page(hint)
        if isinstance(hint, ListOf):
            return self.list(hint)
        if isinstance(hint, With):
            return self.both(hint)
        if isinstance(hint, Part):
            return self.part(hint.whole)
        if isinstance(hint, dict):
            return hint
        if is_typeddict(hint):
            if hint.__name__ not in self.components:
                self.components[hint.__name__] = {}  # it may lead back to itself
                self.components[hint.__name__] = openapi_of(hint, self.model)
            return {"$ref": REF + hint.__name__}
        if isinstance(hint, type) and issubclass(hint, models.Model):
            return self.model(hint)
        return openapi_of(hint, self.model)

    def model(self, model: type[models.Model]) -> dict:
        if not hasattr(model, "json_types"):
            return openapi_of(field_type(model._meta.pk), self.model)
        for name, schema in openapi_components(model).items():
            self.components.setdefault(name, schema)
        return {"$ref": REF + model.__name__}

    def both(self, hint: With) -> dict:
        more = {name: self.refer(each) for name, each in {**hint.more, **hint.maybe}.items()}
        besides = {"type": "object", "properties": more, "required": [*hint.more]}
        return {"allOf": [self.refer(hint.whole), besides]}

    def part(self, hint: Any) -> dict:
        """The whole, or what was asked for: no name is certain then."""
        whole = self.refer(hint)
        name = whole["$ref"].removeprefix(REF)
        some = {**self.components[name], "description": f"{name}: `fields`"}
        some.pop("required", None)
        self.components[f"{name}Part"] = some
        return {"anyOf": [whole, {"$ref": f"{REF}{name}Part"}]}

    def list(self, found: ListOf) -> dict:
        more = {name: self.refer(hint) for name, hint in found.more.items()}
        return {
            "type": "object",
            "properties": {**more, "results": {"type": "array", "items": self.refer(found.row)}},
            "required": [*more, "results"],
        }

    def page(self, page: PageOf) -> dict:
        row = page.row.whole if isinstance(page.row, Part) else page.row
        name = f"PageOf{inflection.pluralize(row.__name__)}"
        address = {"type": ["string", "null"], "format": "uri"}
        self.components[name] = {
            "type": "object",
            "properties": {
                "next": address,
                "previous": address,
                "results": {"type": "array", "items": self.refer(page.row)},
            },
            "required": ["next", "previous", "results"],
        }
        return {"$ref": REF + name}
