"""When all threads are taken one waits, and then hears when to come back."""

import asyncio
import gc
import json

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.db import DataError, OperationalError
from django.test import override_settings

from blog.models import Tag
from frodo.orm_threads import Busy, OrmThreads
from frodo.request_limits import RequestLimits
from tests.orm_threads import sessions
from tests.orm_threads.requests import Door, ask, hop, request

pytestmark = [
    pytest.mark.usefixtures("_views"),
    # Django does not close a request's body where it was refused a thread to close the response on.
    pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning"),
]


@pytest.fixture
def _views():
    with override_settings(ROOT_URLCONF="tests.orm_threads.urls"):
        yield
    gc.collect()  # while the warnings above are ignored


@pytest.fixture
def hasty(make_pool):
    return make_pool(1, patience=0.05)


async def while_taken(pool, action):
    """The result of `deed`, begun while all threads are taken."""
    door = Door()
    taken = [asyncio.create_task(request(pool, hop(door.enter))) for _ in range(pool.size)]
    await door.has(pool.size)
    try:
        return await action()
    finally:
        door.is_open.set()
        await asyncio.wait(taken)


@pytest.mark.parametrize("path", ["/count/", "/sync/", "/to-and-fro/", "/session-sync/", "/session/"])
def test_it_says_503_and_when_to_come_back(hasty, path):
    app = OrmThreads(RequestLimits(ASGIHandler()), hasty)

    answer = asyncio.run(while_taken(hasty, lambda: ask(app, path)))

    assert answer.status == 503
    assert answer["retry-after"] == "5"
    assert "请稍候" in answer.body.decode()
    # The one that takes the thread, the view or what saves its session, and closing the response: not the error page.
    assert hasty.n_hops == 3


def test_the_api_says_it_in_its_own_shape(hasty):
    app = OrmThreads(RequestLimits(ASGIHandler()), hasty)

    answer = asyncio.run(while_taken(hasty, lambda: ask(app, "/api/posts/a-walk/comments/")))

    assert (answer.status, answer["retry-after"]) == (503, "5")
    assert json.loads(answer.body)["error"]["code"] == "unavailable"


@pytest.mark.parametrize(("error", "status"), [(OperationalError(2006, "gone"), 503), (DataError("too long"), 500)])
def test_a_session_that_cannot_be_saved(make_pool, monkeypatch, settings, error, status):
    """As with a database that goes between the view and the end of the request."""
    settings.SESSION_ENGINE = "tests.orm_threads.sessions"
    monkeypatch.setattr(sessions, "error", error)

    answer = asyncio.run(ask(OrmThreads(RequestLimits(ASGIHandler()), make_pool()), "/session/"))

    assert answer.status == status
    assert ("请稍候" in answer.body.decode()) == (status == 503)


def test_who_asks_nothing_of_the_database_is_served(hasty):
    app = OrmThreads(RequestLimits(ASGIHandler()), hasty)

    assert asyncio.run(while_taken(hasty, lambda: ask(app, "/quiet/"))).status == 200


def test_it_is_a_database_that_does_not_answer(hasty):
    async def action():
        with pytest.raises(Busy):
            await request(hasty, Tag.objects.acount)

    asyncio.run(while_taken(hasty, action))

    assert issubclass(Busy, OperationalError)


def test_afterwards_all_is_well(hasty):
    app = OrmThreads(RequestLimits(ASGIHandler()), hasty)

    async def test():
        assert (await while_taken(hasty, lambda: ask(app, "/count/"))).status == 503
        return await ask(app, "/count/")

    assert asyncio.run(test()).status == 200


def test_who_comes_within_the_time_is_served_in_order(make_pool):
    pool = make_pool(1)
    done = []

    async def test():
        door = Door()
        taken = asyncio.create_task(request(pool, hop(door.enter)))
        await door.has(1)
        waiting = [asyncio.create_task(request(pool, hop(lambda n=n: done.append(n)))) for n in range(5)]
        await asyncio.sleep(0)
        waiting[2].cancel()
        door.is_open.set()
        await asyncio.wait([taken, *waiting])

    asyncio.run(test())

    assert done == [0, 1, 3, 4]
