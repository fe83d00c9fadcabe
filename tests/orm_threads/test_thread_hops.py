"""Sync code on a thread that calls async code that needs a thread: with one thread there is nothing to spare."""

import asyncio
import threading

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone, translation

from blog.models import Tag
from tests.orm_threads.requests import hop, request, run


def test_the_waiting_thread_does_the_work_itself(narrow):
    def view():
        return async_to_sync(inner)(), threading.current_thread()

    async def inner():
        await Tag.objects.acreate(name="tea")
        return await hop(threading.current_thread)()

    inside, outside = run(narrow, hop(view))

    assert inside is outside
    assert outside in narrow.threads


def test_as_deep_as_one_likes(narrow):
    def down(n):
        return async_to_sync(further)(n) if n else Tag.objects.count()

    async def further(n):
        return await hop(down)(n - 1)

    assert run(narrow, lambda: hop(down)(5)) == 0


def test_what_is_gathered_there_is_done_one_by_one(narrow):
    async def inner():
        return await asyncio.gather(*(Tag.objects.acount() for _ in range(4)))

    assert run(narrow, hop(async_to_sync(inner))) == [0, 0, 0, 0]


def test_many_at_once_on_one_thread(narrow):
    async def inner():
        await asyncio.sleep(0)
        return await Tag.objects.acount()

    async def test():
        return await asyncio.gather(*(request(narrow, hop(async_to_sync(inner))) for _ in range(20)))

    assert asyncio.run(test()) == [0] * 20


def test_it_sees_the_transaction_it_is_called_in(narrow):
    async def inner():
        return await Tag.objects.acount()

    @transaction.atomic
    def view():
        Tag.objects.create(name="tea")
        return async_to_sync(inner)()

    assert run(narrow, hop(view)) == 1


def test_language_and_time_zone_go_along_and_stay_with_their_request(narrow):
    async def chinese():
        translation.activate("zh-hans")
        timezone.activate("Asia/Shanghai")
        return await hop(lambda: (translation.get_language(), timezone.get_current_timezone_name()))()

    async def other():
        return await hop(lambda: (translation.get_language(), timezone.get_current_timezone_name()))()

    before = run(narrow, other)

    assert run(narrow, chinese) == ("zh-hans", "Asia/Shanghai")
    assert run(narrow, other) == before


def test_a_thread_may_change_what_its_request_goes_on_with(narrow):
    async def view():
        await hop(translation.activate)("zh-hans")
        return translation.get_language()

    assert run(narrow, view) == "zh-hans"
