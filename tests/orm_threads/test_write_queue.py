"""Writers of one process on SQLite take turns in the order in which they came, and nobody keeps a turn by accident."""

import threading

import pytest

from frodo.sqlite3.base import FairLock
from tests.server import Server, until


def test_the_lock_is_given_in_the_order_of_coming():
    lock, order, threads = FairLock(), [], []
    lock.acquire(1)

    def wait(n: int) -> None:
        assert lock.acquire(30)
        order.append(n)
        lock.release()

    for n in range(10):
        threads.append(threading.Thread(target=wait, args=[n]))
        threads[-1].start()
        until(lambda: len(lock._waiting) == len(threads), "the next one to stand in line")
    lock.release()
    for thread in threads:
        thread.join()

    assert order == list(range(10))
    assert lock.acquire(0)


def test_who_gives_up_does_not_get_the_turn():
    lock = FairLock()
    lock.acquire(1)
    assert not lock.acquire(0.01)

    lock.release()

    assert lock.acquire(0)


@pytest.mark.quality
@pytest.mark.parametrize("ending", ["commit", "raise", "close", "discard", "update"])
def test_the_next_writer_has_its_turn_however_the_last_one_ended(tmp_path, ending):
    code = f"""
import threading
from django.db import connection, transaction
from blog.models import Tag
from frodo.orm_threads import discard

def write(ending):
    try:
        if ending == "update":
            Tag.objects.filter(name="a").update(slug="b")
            return
        with transaction.atomic():
            Tag.objects.create(name=ending, slug=ending)
            if ending == "raise":
                raise ValueError
            if ending == "close":
                connection.connection.close()
            if ending == "discard":
                discard(connection)
    except Exception as error:
        print(type(error).__name__)
    finally:
        from django.db import connections
        connections.close_all()

for ending in ({ending!r}, "last"):
    thread = threading.Thread(target=write, args=[ending])
    thread.start()
    thread.join()
print(Tag.objects.filter(name="last").count())
"""
    server = Server(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'frodo.sqlite3'}", REDIS_URL="")
    server.environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'frodo.sqlite3'}"
    server.manage("migrate", "--verbosity", "0")

    assert server.manage("shell", "--verbosity", "0", "--command", code).splitlines()[-1] == "1"
