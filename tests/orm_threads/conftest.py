import pytest
from django.core.signals import request_started
from django.db import close_old_connections, connections, reset_queries

from frodo.orm_threads import take_over_connections
from tests.orm_threads.requests import CountingPool


@pytest.fixture
def make_pool(transactional_db, monkeypatch):
    """Threads see only what is committed, and must have left before the tables are emptied."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", None)  # as where ORM_THREADS is not 0
    take_over_connections()
    pools = []

    def make(size: int = 4, patience: float = 10) -> CountingPool:
        pools.append(CountingPool(size, patience))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
    request_started.connect(reset_queries)
    request_started.connect(close_old_connections)


@pytest.fixture
def pool(make_pool):
    return make_pool()


@pytest.fixture
def narrow(make_pool):
    """One thread for everything."""
    return make_pool(1)
