import asyncio

from asgiref.sync import ThreadSensitiveContext
from django.db.models import Count, Prefetch
from django.test import SimpleTestCase, TestCase
from django.test.utils import isolate_apps
from django.utils import translation

from frodo.async_model import AsyncModel, batched_property

from .library import fill, to_dicts, until
from .models import Book, Remark


@isolate_apps("tests.async_model")
class TurnOfTheLoopTests(SimpleTestCase):
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

    async def test_all_who_ask_in_one_turn_are_answered_in_one_go(self):
        things = [self.Thing(pk=pk) for pk in range(1, 5)]

        answers = await asyncio.gather(*(thing.double for thing in things))

        assert answers == [2, 4, 6, 8]
        assert self.calls == [[1, 2, 3, 4]]

    async def test_who_asks_in_a_later_turn_is_in_another_batch(self):
        self.gate = asyncio.Event()
        first = asyncio.create_task(self.Thing(pk=1).to_dict("double"))
        await until(lambda: self.calls)
        second = asyncio.create_task(self.Thing(pk=2).to_dict("double"))
        await until(lambda: len(self.calls) == 2)
        self.gate.set()

        assert await asyncio.gather(first, second) == [{"double": 2}, {"double": 4}]
        assert self.calls == [[1], [2]]

    async def test_two_objects_of_one_row_are_asked_about_once(self):
        twins = [self.Thing(pk=1), self.Thing(pk=1)]

        assert await self.Thing.to_dicts(twins, "double") == [{"double": 2}] * 2
        assert self.calls == [[1]]

    async def test_the_same_object_may_be_listed_twice(self):
        thing = self.Thing(pk=1)

        assert await self.Thing.to_dicts([thing, thing], "double") == [{"double": 2}] * 2
        assert self.calls == [[1]]

    async def test_classes_are_asked_apart_for_their_keys_may_be_alike(self):
        await asyncio.gather(self.Thing(pk=1).double, self.Other(pk=1).double)

        assert self.calls == [[1], [1]]

    async def test_two_requests_never_share_a_batch(self):
        async def request(pk):
            async with ThreadSensitiveContext():
                return await self.Thing(pk=pk).double

        assert await asyncio.gather(request(1), request(2)) == [2, 4]
        assert sorted(self.calls) == [[1], [2]]

    async def test_two_languages_never_share_a_batch(self):
        async def ask(language, pk):
            with translation.override(language):
                return await self.Thing(pk=pk).double

        await asyncio.gather(ask("en", 1), ask("zh-hans", 2), ask("en", 3))

        assert sorted(self.calls) == [[1, 3], [2]]

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
        with self.assertRaisesMessage(LookupError, "strict gave no answer"):
            await self.Thing(pk=1).strict

    async def test_an_object_that_is_no_row_yet_is_not_asked_about(self):
        assert await self.Thing.to_dicts([self.Thing(), self.Thing(pk=2)], "double") == [{"double": 0}, {"double": 4}]
        assert self.calls == [[2]]

    async def test_an_error_reaches_every_waiter_and_is_not_kept(self):
        things = [self.Thing(pk=pk) for pk in range(1, 10)]

        errors = await asyncio.gather(*(thing.double for thing in things), return_exceptions=True)

        assert [str(error) for error in errors] == ["too many"] * 9
        assert await things[0].double == 2

    async def test_cancelling_one_waiter_leaves_the_others(self):
        self.gate = asyncio.Event()
        tasks = [asyncio.create_task(self.Thing(pk=pk).to_dict("double")) for pk in (1, 2, 3)]
        await until(lambda: self.calls)

        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        self.gate.set()

        assert await asyncio.gather(*tasks[1:]) == [{"double": 4}, {"double": 6}]

    async def test_a_batch_that_was_cancelled_before_it_began_is_no_trap(self):
        thing, other = self.Thing(pk=1), self.Thing(pk=2)

        async def ask(thing):
            return await thing.double

        given_up = asyncio.create_task(ask(thing))
        await asyncio.sleep(0)
        given_up.cancel()

        assert await asyncio.gather(ask(other), ask(thing)) == [4, 2]

    def test_nothing_is_kept_from_one_event_loop_to_another(self):
        thing, asked_by = self.Thing(pk=1), asyncio.new_event_loop()
        self.addCleanup(asked_by.close)
        question = asked_by.create_task(self.Thing.to_dicts([thing], "double"))
        asked_by.call_soon(asked_by.stop)
        asked_by.run_forever()  # one turn: it was asked, and that loop stands still from here on

        assert asyncio.run(self.Thing.to_dicts([thing], "double")) == [{"double": 2}]
        assert not question.done()
        assert asked_by.run_until_complete(question) == [{"double": 2}]


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
