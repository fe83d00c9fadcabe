import pytest

from tests.api.callers import UNLIMITED, Callers
from tests.server import Server


@pytest.fixture(scope="session")
def callers(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("api"), **UNLIMITED) as server:
        yield Callers(server)
