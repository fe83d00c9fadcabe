import pytest
from django.db import models
from django.test import SimpleTestCase
from django.test.utils import isolate_apps

from frodo.async_models import AsyncModel, async_property, batched_property
from tests.async_models.models import Book, Essay, Reprint


class CollectingTests(SimpleTestCase):
    def test_a_class_knows_its_async_properties_in_order(self):
        assert list(Book.async_properties) == ["heading", "n_remarks", "newest_remarks"]

    def test_a_mixin_and_a_parent_table_give_theirs(self):
        assert set(Essay.async_properties) == {"heading", "n_remarks", "newest_remarks", "signature"}

    def test_an_override_wins(self):
        assert Essay.async_properties["heading"] is Essay.__dict__["heading"]
        assert Essay.async_properties["n_remarks"] is Book.__dict__["n_remarks"]

    def test_none_takes_one_out(self):
        assert list(Reprint.async_properties) == ["heading", "newest_remarks"]
        assert "n_remarks" in Book.async_properties

    def test_nobody_can_write_into_the_collection(self):
        with pytest.raises(TypeError):
            Book.async_properties["more"] = Book.heading

    @isolate_apps("tests.async_models")
    def test_pk_and_private_names_stay_out(self):
        class Odd(AsyncModel):
            @async_property
            async def _secret(self) -> int:
                return 1

            @async_property
            async def shown(self) -> int:
                return 1

            pk = async_property(shown.function)

        assert list(Odd.async_properties) == ["shown"]

    @isolate_apps("tests.async_models")
    def test_abstract_bases_and_the_whole_mro_count(self):
        class Base(AsyncModel):
            @async_property
            async def first(self) -> int:
                return 1

            @async_property
            async def second(self) -> int:
                return 2

            class Meta:
                abstract = True

        class Left(Base):
            @batched_property
            async def second(objs) -> dict[int, int]:
                return {}

            class Meta:
                abstract = True

        class Right(Base):
            @async_property
            async def second(self) -> int:
                return 22

            @async_property
            async def third(self) -> int:
                return 3

            class Meta:
                abstract = True

        class Both(Left, Right):
            first = models.IntegerField()

        assert list(Both.async_properties) == ["second", "third"]
        assert Both.async_properties["second"] is Left.__dict__["second"]

    @isolate_apps("tests.async_models")
    def test_a_plain_property_takes_its_place_too(self):
        class Plain(Book):
            @property
            def heading(self) -> str:
                return "plain"

            class Meta:
                proxy = True

        assert "heading" not in Plain.async_properties
