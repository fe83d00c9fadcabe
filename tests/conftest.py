import pytest
from django.core.cache import caches
from django.utils import translation

from frodo.site_settings import site
from tests import people
from tests.server import Server


def clear_caches() -> None:
    for cache in caches.all():
        if hasattr(cache, "delete_pattern"):
            cache.delete_pattern("*")  # clear() would empty the whole of Redis
        else:
            cache.clear()


@pytest.fixture(autouse=True)
def _nothing_counted_before():
    clear_caches()


@pytest.fixture(autouse=True)
def _site_settings_of_a_new_process():
    """What a test saved is rolled back with the database."""
    yield
    site.reset()


@pytest.fixture(autouse=True)
def _default_language():
    """A request in another language leaves it active in this thread."""
    yield
    translation.deactivate()


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
