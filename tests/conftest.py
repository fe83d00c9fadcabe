import pytest
from django.conf import settings
from django.core.cache import caches

from tests import people
from tests.server import Server


@pytest.fixture(autouse=True)
def _nothing_counted_before():
    for cache in caches.all():
        if settings.REDIS_URL:
            cache.delete_pattern("*")  # clear() would empty the whole of Redis
        else:
            cache.clear()


@pytest.fixture
def ann(db):
    return people.ann()


@pytest.fixture
def bob(db):
    return people.bob()


@pytest.fixture
def desk(client, ann):
    """Ann's browser, signed in."""
    client.force_login(ann)
    return client


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Checking one takes half a second by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A real server for the tests of one file."""
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server


def pytest_terminal_summary(terminalreporter):
    """Show what tests measured: `record_property("figure", ...)`."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    figures = [value for report in reports for name, value in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in sorted(set(figures)):
            terminalreporter.write_line(figure)
