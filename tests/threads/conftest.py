import pytest
from django.db import connections

from tests.threads.asking import CountingPool


@pytest.fixture
def make_pool(transactional_db, monkeypatch):
    """Threads see only what is committed, and must have left before the tables are emptied."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", None)  # as where ORM_THREADS is not 0
    pools = []

    def make(size: int = 4, patience: float = 10) -> CountingPool:
        pools.append(CountingPool(size, patience))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def pool(make_pool):
    return make_pool()


@pytest.fixture
def narrow(make_pool):
    """One thread for everything."""
    return make_pool(1)
