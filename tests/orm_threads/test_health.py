"""Connections that broke are noticed, closed and replaced."""

import asyncio

import pytest
from django.db import DatabaseError, connection

from blog.models import Tag
from frodo import orm_threads
from tests.orm_threads.requests import Door, hop, request, run


def cut() -> None:
    """What a restart of the server, or a firewall, does to a connection."""
    connection.ensure_connection()
    if connection.vendor == "mysql":
        import MySQLdb

        parameters = connection.get_connection_params()
        parameters.pop("init_command", None)
        with MySQLdb.connect(**parameters) as other:
            other.cursor().execute(f"KILL {connection.connection.thread_id()}")
    else:
        connection.connection = Broken()


class Broken:
    """SQLite's connections hardly ever break."""

    def close(self) -> None:
        pass

    def cursor(self, *args, **kwargs):
        raise connection.Database.OperationalError("disk I/O error")

    execute = cursor


def only_where_it_can_be_asked() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("Django takes SQLite's connections to be well always.")


def test_one_that_broke_while_it_was_idle_harms_nobody(narrow, monkeypatch):
    only_where_it_can_be_asked()
    monkeypatch.setattr(orm_threads, "CHECK_AFTER", -1)

    async def view():
        await hop(cut)()
        return await Tag.objects.acount()

    assert run(narrow, view) == 0


def test_one_that_breaks_in_use_harms_one_hop(narrow, monkeypatch):
    monkeypatch.setattr(orm_threads, "CHECK_AFTER", 1000)

    async def view():
        await Tag.objects.acount()
        await hop(cut)()
        with pytest.raises(DatabaseError):
            await Tag.objects.acount()
        return await Tag.objects.acount(), await hop(lambda: connection.errors_occurred)()

    assert run(narrow, view) == (0, False)


def test_when_one_broke_the_others_are_asked_before_they_are_used(make_pool, monkeypatch):
    """After a restart of the database one request fails, not one for each thread."""
    only_where_it_can_be_asked()
    monkeypatch.setattr(orm_threads, "CHECK_AFTER", 1000)
    pool = make_pool(3)

    async def on_each_thread(action):
        door = Door()

        def go():
            action()
            door.enter()

        going = asyncio.gather(*(request(pool, hop(go)) for _ in range(3)))
        await door.has(3)
        door.is_open.set()
        await going

    async def test():
        await on_each_thread(Tag.objects.count)
        await on_each_thread(cut)
        with pytest.raises(DatabaseError):
            await request(pool, Tag.objects.acount)
        await on_each_thread(Tag.objects.count)

    asyncio.run(test())


def test_a_connection_is_asked_once_after_it_was_idle_not_in_every_hop(narrow, monkeypatch):
    asked = []
    monkeypatch.setattr(orm_threads, "CHECK_AFTER", 1000)
    monkeypatch.setattr(
        type(connection._connections[connection._alias]), "is_usable", lambda self: asked.append(1) or True
    )

    async def view():
        for _ in range(10):
            await Tag.objects.acount()

    run(narrow, view)
    assert len(asked) == 0  # it has just been opened
    monkeypatch.setattr(orm_threads, "CHECK_AFTER", -1)
    run(narrow, Tag.objects.acount)
    monkeypatch.setattr(orm_threads, "CHECK_AFTER", 1000)
    run(narrow, view)

    assert len(asked) == 1


def test_a_database_that_cannot_be_reached_leaves_no_error_behind(narrow, monkeypatch):
    from django.db import OperationalError

    wrapper = type(connection._connections[connection._alias])
    real = wrapper.get_new_connection

    def refuse(self, parameters):
        raise OperationalError(2002, "not there")

    monkeypatch.setattr(wrapper, "get_new_connection", refuse)
    with pytest.raises(OperationalError):
        run(narrow, Tag.objects.acount)
    monkeypatch.setattr(wrapper, "get_new_connection", real)

    async def view():
        return await Tag.objects.acount(), await hop(lambda: connection.errors_occurred)()

    assert run(narrow, view) == (0, False)


def test_one_that_raises_when_it_is_looked_at_is_thrown_away(narrow):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's does.")

    async def view():
        await hop(lambda: connection.ensure_connection() or connection.connection.close())()
        return await Tag.objects.acount()

    assert run(narrow, view) == 0
