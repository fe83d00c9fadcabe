from django.db.models import Count, Prefetch
from django.test import SimpleTestCase, TestCase
from django.test.utils import isolate_apps

from frodo.async_models import AsyncModel, batched_property
from tests.async_models.library import fill, to_dicts
from tests.async_models.models import Book, Remark


@isolate_apps("tests.async_models")
class ComputedTests(SimpleTestCase):
    def setUp(self):
        calls = self.calls = []
        self.gate = None

        class Thing(AsyncModel):
            @batched_property
            async def double(things) -> dict[int, int]:
                calls.append([thing.pk for thing in things])
                if self.gate:
                    await self.gate.wait()
                if len(things) > 8:
                    raise LookupError("too many")
                return {thing.pk: thing.pk * 2 for thing in things if thing.pk != 5}

            @batched_property(default=list)
            def names(things) -> dict[int, list]:
                return {}

            @batched_property
            async def strict(things) -> dict[int, AsyncModel]:
                return {}

            class Meta:
                app_label = "async_model"

        class Other(Thing):
            class Meta:
                proxy = True

        self.Thing, self.Other = Thing, Other

    async def test_single_access_works(self):
        assert await self.Thing(pk=3).double == 6

    async def test_two_objects_of_one_row_are_asked_about_once(self):
        twins = [self.Thing(pk=1), self.Thing(pk=1)]

        assert await self.Thing.to_dicts(twins, "double") == [{"double": 2}] * 2
        assert self.calls == [[1]]

    async def test_the_same_object_may_be_listed_twice(self):
        thing = self.Thing(pk=1)

        assert await self.Thing.to_dicts([thing, thing], "double") == [{"double": 2}] * 2
        assert self.calls == [[1]]

    async def test_classes_are_asked_apart_for_their_keys_may_be_alike(self):
        await self.Thing.to_dicts([self.Thing(pk=1), self.Other(pk=1)], "double")

        assert self.calls == [[1], [1]]

    async def test_a_list_is_computed_in_one_call(self):
        things = [self.Thing(pk=pk) for pk in range(1, 5)]

        assert [row["double"] for row in await self.Thing.to_dicts(things, "double")] == [2, 4, 6, 8]
        assert self.calls == [[1, 2, 3, 4]]

    async def test_an_error_is_raised_and_not_kept(self):
        things = [self.Thing(pk=pk) for pk in range(1, 10)]

        with self.assertRaisesMessage(LookupError, "too many"):
            await self.Thing.to_dicts(things, "double")
        assert await things[0].double == 2

    async def test_a_list_asks_only_for_what_is_not_known(self):
        things = [self.Thing(pk=pk) for pk in (1, 2, 3)]
        things[0].double = 100
        await things[1].double

        rows = await self.Thing.to_dicts(things, "double")

        assert [row["double"] for row in rows] == [100, 4, 6]
        assert self.calls == [[2], [3]]

    async def test_who_is_left_out_gets_the_empty_value_of_the_type(self):
        assert await self.Thing(pk=5).double == 0

    async def test_who_is_left_out_gets_a_default_of_its_own(self):
        one, two = self.Thing(pk=1), self.Thing(pk=2)

        (await one.names).append("Frodo")

        assert await two.names == []

    async def test_without_either_being_left_out_is_an_error(self):
        with self.assertRaisesMessage(LookupError, "strict returned no value"):
            await self.Thing(pk=1).strict

    async def test_an_object_that_is_no_row_yet_is_not_asked_about(self):
        assert await self.Thing.to_dicts([self.Thing(), self.Thing(pk=2)], "double") == [{"double": 0}, {"double": 4}]
        assert self.calls == [[2]]


class AnsweredFirstTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        fill(4)

    def test_an_annotation_answers_first(self):
        books = Book.objects.annotate(n_remarks=Count("remarks")).order_by("pk")

        with self.assertNumQueries(1):
            rows = to_dicts(books, "n_remarks")

        assert [row["n_remarks"] for row in rows] == [0, 1, 2, 0]

    def test_a_prefetch_to_the_attribute_answers_first(self):
        """Django asks the class whether the attribute can be there already: ours must not say yes."""
        newest = Prefetch("remarks", Remark.objects.order_by("-pk"), to_attr="newest_remarks")
        books = list(Book.objects.prefetch_related(newest).order_by("pk"))

        with self.assertNumQueries(0):
            rows = to_dicts(books, "newest_remarks")

        assert [len(row["newest_remarks"]) for row in rows] == [0, 1, 2, 0]
