import dataclasses
import enum
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict

from django.core.checks import Error, Warning
from django.test import SimpleTestCase
from django.test.utils import isolate_apps
from django.utils.safestring import SafeString

from frodo.async_models import AsyncModel, async_property, openapi_components
from frodo.async_models.schema import empty_value, openapi_of
from tests.async_models.models import Book, Mood, Note, Person, Remark, Ticket


class Place(TypedDict):
    name: str
    height: NotRequired[float]


@dataclasses.dataclass
class Point:
    x: int


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class TypesTests(SimpleTestCase):
    def test_fields_and_annotations_give_each_name_its_type(self):
        types = Book.json_types()

        assert tuple(types) == (*Book.public, *Book.details)
        assert types["id"] is int
        assert types["price"] == Decimal
        assert types["kind"] == Literal["novel", "poems"]
        assert types["written_at"] == datetime | None
        assert types["heading"] == SafeString
        assert types["n_remarks"] is int
        assert types["mood"] == Mood
        assert types["author"] == Person
        assert types["editor"] == Person | None
        assert types["newest_remarks"] == list[Remark]
        assert types["author_id"] is int

    def test_the_brief_form_has_keys_where_there_are_relations(self):
        assert Book.json_types(brief=True) == {"id": int, "title": str, "url": str, "author": int}


class OpenApiTests(SimpleTestCase):
    def test_each_type_has_its_schema(self):
        cases = [
            (int, {"type": "integer"}),
            (str | None, {"type": ["string", "null"]}),
            (SafeString, {"type": "string"}),
            (datetime, {"type": "string", "format": "date-time"}),
            (datetime | None, {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
            (list[int], {"type": "array", "items": {"type": "integer"}}),
            (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
            (tuple[int, str], {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}),
            (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
            (dict[str, Any], {"type": "object", "additionalProperties": True}),
            (dict, {"type": "object"}),
            (list, {"type": "array", "items": {}}),
            (Mood, {"type": "string", "enum": ["calm", "excited"]}),
            (Size, {"type": "integer", "enum": [1, 2]}),
            (Literal["a", 1], {"enum": ["a", 1]}),
            (Any, {}),
            (Point, {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}),
            (
                Place,
                {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "height": {"type": "number"}},
                    "required": ["name"],
                },
            ),
        ]
        for hint, expected in cases:
            with self.subTest(hint=hint):
                assert openapi_of(hint, lambda model: {}) == expected

    def test_a_model_refers_to_the_brief_form_of_what_it_shows(self):
        components = Book.openapi_components()

        assert components["Book"]["properties"]["author"] == {"$ref": "#/components/schemas/PersonBrief"}
        assert set(components["PersonBrief"]["properties"]) == {"id", "name"}
        assert components["Book"]["required"] == list(Book.public)
        assert "text" in components["Book"]["properties"]

    def test_several_models_share_what_they_refer_to(self):
        components = openapi_components(Book, Ticket, Note)

        assert {"Book", "Ticket", "Note", "PersonBrief"} <= components.keys()
        assert components["Ticket"]["properties"]["id"] == {"type": "string", "format": "uuid"}

    def test_what_the_schema_requires_is_what_is_given(self):
        row = async_row()

        assert set(Book.openapi_components()["Book"]["required"]) == set(row)


def async_row():
    from asgiref.sync import async_to_sync

    book = Book(title="A draft", author=Person(name="Ann"))
    return async_to_sync(book.to_dict)()


class EmptyValueTests(SimpleTestCase):
    def test_a_type_that_has_a_plainly_empty_value_gives_it(self):
        for hint, expected in [
            (int, 0),
            (str, ""),
            (list[int], []),
            (dict[str, int], {}),
            (bool, False),
            (str | None, None),
            (SafeString, ""),
        ]:
            with self.subTest(hint=hint):
                assert empty_value(hint) == expected


@isolate_apps("tests.async_models")
class CheckTests(SimpleTestCase):
    def test_our_models_are_in_order(self):
        assert [problem for model in (Book, Person, Note, Ticket) for problem in model.check()] == []

    def test_a_mistyped_name_is_found_by_manage_py_check(self):
        class Typo(AsyncModel):
            public = ("id", "titel")
            details = ("save",)

        errors = [problem for problem in Typo.check() if problem.id == "async_model.E001"]

        assert len(errors) == 2
        assert isinstance(errors[0], Error)
        assert "Typo has no field or property 'titel'" in errors[0].msg

    def test_a_missing_annotation_is_pointed_out(self):
        class Untold(AsyncModel):
            @async_property
            async def shown(self):
                return 1

        warnings = [problem for problem in Untold.check() if problem.id == "async_model.W001"]

        assert isinstance(warnings[0], Warning)
        assert "Untold.shown does not say what it returns" in warnings[0].msg
