import asyncio

from django.test import SimpleTestCase
from django.test.utils import isolate_apps

from frodo.async_models import AsyncModel, async_property
from tests.async_models.library import until


def model_with(function):
    class Thing(AsyncModel):
        value = async_property(function)

        class Meta:
            app_label = "async_model"

    return Thing


@isolate_apps("tests.async_models")
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

    async def test_an_error_is_raised_and_not_kept(self):
        async def fail():
            raise LookupError("no luck")

        thing = self.make(work=fail)

        for _ in range(2):
            with self.assertRaisesMessage(LookupError, "no luck"):
                await thing.value
        assert self.runs == 2

    async def test_it_cannot_be_shown_without_an_event_loop(self):
        with self.assertRaisesMessage(TypeError, "value must be awaited: use to_dicts()"):
            self.make().to_dict_sync("value")

    async def test_not_awaiting_is_a_loud_mistake(self):
        thing = self.make()

        with self.assertRaisesMessage(TypeError, "must be awaited"):
            str(thing.value)
        with self.assertRaisesMessage(TypeError, "must be awaited"):
            bool(thing.value)
        assert "not awaited" in repr(thing.value)
