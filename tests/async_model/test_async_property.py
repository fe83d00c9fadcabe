import asyncio
import copy
import pickle

from django.test import SimpleTestCase
from django.test.utils import isolate_apps

from frodo.async_model import AsyncModel, async_property

from .library import until
from .models import Book


def model_with(function):
    class Thing(AsyncModel):
        value = async_property(function)

        class Meta:
            app_label = "async_model"

    return Thing


@isolate_apps("tests.async_model")
class AsyncPropertyTests(SimpleTestCase):
    def make(self, work=None):
        """An object whose `value` counts its runs, and waits for the gate if there is one."""
        self.runs = 0
        self.gate = asyncio.Event()

        async def value(thing) -> int:
            self.runs += 1
            if work is not None:
                return await work()
            return 42

        return model_with(value)(pk=1)

    async def test_it_is_awaited(self):
        thing = self.make()

        assert await thing.value == 42

    async def test_awaited_twice_it_runs_once(self):
        thing = self.make()

        await thing.value
        await thing.value

        assert self.runs == 1

    async def test_awaited_by_two_tasks_at_once_it_runs_once(self):
        thing = self.make(work=lambda: self.gate.wait())
        waiting = asyncio.gather(thing.value, thing.value, thing.to_dict("value"))
        await asyncio.sleep(0)
        self.gate.set()

        assert await waiting == [True, True, {"value": True}]
        assert self.runs == 1

    async def test_one_that_was_read_and_never_awaited_does_not_run(self):
        thing = self.make()

        thing.value  # noqa: B018

        assert self.runs == 0

    async def test_a_value_that_was_set_answers_first(self):
        thing = self.make()
        thing.value = 7

        assert await thing.value == 7
        assert await thing.to_dict("value") == {"value": 7}
        assert self.runs == 0

    async def test_a_value_set_while_it_runs_is_kept(self):
        thing = self.make(work=lambda: self.gate.wait())
        waiting = asyncio.create_task(thing.to_dict("value"))
        await until(lambda: self.runs)

        thing.value = 7
        self.gate.set()

        assert await waiting == {"value": 7}
        assert await thing.value == 7

    async def test_forgetting_and_deleting_let_it_run_anew(self):
        thing = self.make()
        await thing.value

        thing.forget()
        await thing.value
        del thing.value
        await thing.value

        assert self.runs == 3

    async def test_an_error_reaches_every_waiter_and_is_not_kept(self):
        async def fail():
            await self.gate.wait()
            raise LookupError("no luck")

        thing = self.make(work=fail)
        waiting = asyncio.gather(thing.value, thing.value, thing.to_dict("value"), return_exceptions=True)
        await asyncio.sleep(0)
        self.gate.set()

        errors = await waiting

        assert [str(error) for error in errors] == ["no luck"] * 3
        assert self.runs == 1
        with self.assertRaisesMessage(LookupError, "no luck"):
            await thing.value
        assert self.runs == 2

    async def test_a_property_that_waits_for_itself_is_an_error_and_no_hang(self):
        class Circle(AsyncModel):
            @async_property
            async def first(self) -> int:
                return await self.second

            @async_property
            async def second(self) -> int:
                return (await asyncio.gather(self.first))[0]

        with self.assertRaisesMessage(RuntimeError, "waits for itself"):
            await asyncio.wait_for(Circle(pk=1).first, timeout=10)

    async def test_not_awaiting_is_a_loud_mistake(self):
        thing = self.make()

        with self.assertRaisesMessage(TypeError, "must be awaited"):
            str(thing.value)
        with self.assertRaisesMessage(TypeError, "must be awaited"):
            bool(thing.value)
        assert "to be awaited" in repr(thing.value)

    async def test_an_object_can_be_copied_and_pickled_while_it_runs(self):
        book = Book(pk=1, title="There and back")
        await book.heading
        waiting = asyncio.create_task(Book.to_dicts([book], "heading"))
        book.forget()
        await asyncio.sleep(0)

        twins = [copy.copy(book), pickle.loads(pickle.dumps(book))]

        for twin in twins:
            assert await twin.heading == "<h1>There and back</h1>"
        await waiting


@isolate_apps("tests.async_model")
class CancellationTests(SimpleTestCase):
    def setUp(self):
        self.gate = asyncio.Event()
        self.began = self.ended = self.cancelled = 0

        async def value(thing) -> str:
            self.began += 1
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            self.ended += 1
            return "done"

        self.thing = model_with(value)(pk=1)

    async def wait(self):
        return await self.thing.value

    async def test_cancelling_one_waiter_leaves_the_others(self):
        first, second = asyncio.create_task(self.wait()), asyncio.create_task(self.wait())
        await until(lambda: self.began)

        first.cancel()
        await asyncio.wait([first])
        self.gate.set()

        assert first.cancelled()
        assert await second == "done"
        assert (self.began, self.ended, self.cancelled) == (1, 1, 0)

    async def test_when_the_last_waiter_goes_the_work_stops(self):
        waiters = [asyncio.create_task(self.wait()), asyncio.create_task(self.thing.to_dict("value"))]
        await until(lambda: self.began)

        for waiter in waiters:
            waiter.cancel()
        await asyncio.wait(waiters)
        await until(lambda: self.cancelled)

        assert (self.began, self.ended) == (1, 0)

    async def test_after_work_was_stopped_it_can_be_asked_for_again(self):
        given_up = asyncio.create_task(self.wait())
        await until(lambda: self.began)
        given_up.cancel()
        await asyncio.wait([given_up])

        self.gate.set()

        assert await self.thing.value == "done"
        assert self.began == 2
