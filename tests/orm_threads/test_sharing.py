"""A few threads and connections for everybody, and what is gathered runs together."""

import asyncio
import threading

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from blog.models import Post, Tag
from frodo.orm_threads import OrmThreads
from tests.factories import make_post
from tests.orm_threads.requests import PATIENCE, Door, hop, request, run


@pytest.fixture
def opened():
    """The names of the threads that opened a connection."""
    threads = []

    def note(**kwargs):
        if threading.current_thread() is not threading.main_thread():
            threads.append(threading.current_thread())

    connection_created.connect(note)
    yield threads
    connection_created.disconnect(note)


def test_requests_open_no_connection_and_start_no_thread(pool, opened):
    make_post()

    async def many():
        for _ in range(5):
            await asyncio.gather(*(request(pool, Post.objects.acount) for _ in range(20)))

    asyncio.run(many())

    assert pool.n_hops == 100
    assert 1 <= len(pool.threads) <= 4
    assert len(opened) == len(set(opened)) == len(pool.threads)
    assert set(opened) == set(pool.threads)


def test_what_is_gathered_runs_together(pool):
    door = Door()

    async def view():
        waits = asyncio.gather(*(hop(door.enter)() for _ in range(4)))
        await door.has(4)
        door.is_open.set()
        await waits

    run(pool, view)

    assert door.most == 4


def test_gathered_queries_are_in_the_database_at_once(pool):
    if connection.vendor != "sqlite":
        pytest.skip("Counted by a function within SQLite.")
    door = Door()

    def ask():
        connection.ensure_connection()
        connection.connection.create_function("wait_at_the_door", 0, lambda: door.enter() or 1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT wait_at_the_door()")
            return cursor.fetchone()[0]

    async def view():
        waits = asyncio.gather(*(hop(ask)() for _ in range(4)))
        await door.has(4)
        door.is_open.set()
        return await waits

    assert run(pool, view) == [1, 1, 1, 1]
    assert door.most == 4


def test_mariadb_sees_gathered_queries_at_once(pool):
    if connection.vendor != "mysql":
        pytest.skip("Counted by MariaDB.")

    def ask(sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    async def view():
        waits = asyncio.gather(*(hop(ask)("SELECT SLEEP(60)") for _ in range(3)), return_exceptions=True)
        sleeping = []
        async with asyncio.timeout(PATIENCE):
            while len(sleeping) < 3:
                sleeping = await hop(ask)(
                    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info = 'SELECT SLEEP(60)'"
                )
        for (id,) in sleeping:
            await hop(ask)(f"KILL QUERY {id}")
        return len(await waits)

    assert run(pool, view) == 3


def test_one_request_after_another_finds_what_was_written(pool):
    run(pool, lambda: Tag.objects.acreate(name="tea"))

    assert run(pool, lambda: Tag.objects.filter(name="tea").acount()) == 1


def test_a_task_may_outlive_the_request_that_started_it(pool):
    """As the hub's do."""

    async def view():
        may_ask = asyncio.Event()

        async def later():
            await may_ask.wait()
            return await Post.objects.acount(), await hop(threading.current_thread)()

        return may_ask, asyncio.create_task(later())

    async def test():
        may_ask, task = await request(pool, view)
        may_ask.set()
        return await task

    n, thread = asyncio.run(test())

    assert n == 0
    assert thread in pool.threads


def test_a_closed_pool_ends_its_threads_and_starts_anew(pool):
    run(pool, Post.objects.acount)
    threads = list(pool.threads)

    pool.close()

    assert threads
    assert not any(thread.is_alive() for thread in threads)
    assert run(pool, Post.objects.acount) == 0


def test_they_end_with_the_server(pool):
    threads = []

    async def life(scope, receive, send):
        await Post.objects.acount()
        threads.extend(pool.threads)

    asyncio.run(OrmThreads(life, pool)({"type": "lifespan"}, None, None))

    assert threads
    assert not any(thread.is_alive() for thread in threads)
