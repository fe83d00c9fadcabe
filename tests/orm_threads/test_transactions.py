"""No transaction crosses a hop, whatever happens in it."""

import asyncio

import pytest
from django.db import connection, transaction

from blog.models import Tag
from frodo.orm_threads import OpenTransaction
from tests.orm_threads.requests import Door, hop, request, run


def state() -> tuple:
    return connection.in_atomic_block, connection.get_autocommit(), connection.needs_rollback


CLEAN = (False, True, False)


def test_one_that_is_begun_in_a_hop_and_not_ended_is_rolled_back(narrow, caplog):
    def begin():
        transaction.atomic().__enter__()
        Tag.objects.create(name="tea")

    async def view():
        with pytest.raises(OpenTransaction, match="default"):
            await hop(begin)()
        return await hop(state)(), await Tag.objects.acount()

    assert run(narrow, view) == (CLEAN, 0)
    assert "left a transaction open" in caplog.text


def test_atomic_around_an_await_cannot_be(narrow):
    """Not even by calling its two ends each in a hop."""
    atomic = transaction.atomic()

    async def view():
        try:
            with pytest.raises(OpenTransaction):
                await hop(atomic.__enter__)()
            await Tag.objects.acreate(name="tea")
        finally:
            await hop(atomic.__exit__)(None, None, None)
        return await hop(state)()

    assert run(narrow, view) == CLEAN
    assert Tag.objects.count() == 1


def test_autocommit_turned_off_is_turned_on(narrow):
    def turn_off():
        transaction.set_autocommit(False)
        Tag.objects.bulk_create([Tag(name="tea", slug="tea")])  # sends no signals

    async def view():
        with pytest.raises(OpenTransaction):
            await hop(turn_off)()
        return await hop(state)(), await Tag.objects.acount()

    assert run(narrow, view) == (CLEAN, 0)


def test_a_begin_of_ones_own_is_found_in_sqlite(narrow):
    if connection.vendor != "sqlite":
        pytest.skip("MySQL's driver does not tell.")

    def begin():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")

    async def view():
        with pytest.raises(OpenTransaction):
            await hop(begin)()

    run(narrow, view)


def test_the_error_that_left_it_open_is_the_one_that_is_heard(narrow):
    def fail():
        transaction.atomic().__enter__()
        raise ZeroDivisionError

    async def view():
        with pytest.raises(ZeroDivisionError):
            await hop(fail)()
        return await hop(state)()

    assert run(narrow, view) == CLEAN


def test_an_error_within_atomic_leaves_nothing(narrow):
    @transaction.atomic
    def fail():
        Tag.objects.create(name="tea")
        raise ZeroDivisionError

    async def view():
        with pytest.raises(ZeroDivisionError):
            await hop(fail)()
        return await hop(state)(), await Tag.objects.acount()

    assert run(narrow, view) == (CLEAN, 0)


def test_a_cancelled_request_leaves_a_whole_transaction_or_none(narrow):
    door = Door()

    @transaction.atomic
    def write():
        Tag.objects.create(name="tea")
        door.enter()
        Tag.objects.create(name="cup")

    async def test():
        writing = asyncio.create_task(request(narrow, hop(write)))
        await door.has(1)
        never_begun = asyncio.create_task(request(narrow, lambda: Tag.objects.acreate(name="never")))
        await asyncio.sleep(0)
        never_begun.cancel()
        writing.cancel()
        await asyncio.wait([writing, never_begun])
        door.is_open.set()
        return await request(narrow, hop(state)), writing.cancelled(), never_begun.cancelled()

    assert asyncio.run(test()) == (CLEAN, True, True)
    assert [tag.name for tag in Tag.objects.order_by("id")] == ["tea", "cup"]
