import pytest
from django.core.cache import caches
from django.utils import translation

from frodo.site_settings import site
from tests import people
from tests.server import Server

SLOW = """
    browser/ exporters/test_exports_in_admin.py exporters/test_generators.py exporters/test_static_site.py
    faults/ importers/test_front_matter_corpus.py importers/test_generators.py live/test_live_entries.py
    live/test_many_writers.py live/test_presence.py live/test_redis.py live/test_through_nginx.py
    live/test_workers.py markdown/test_any_text.py markdown/test_hostile.py markdown/test_in_browser.py
    moderation/test_live_queue.py monitoring/test_logs.py monitoring/test_telemetry.py
    notifications/test_delivery.py operation/test_behind_nginx.py operation/test_installing
    operation/test_make_run.py operation/test_proxies.py operation/test_replica.py operation/test_rolling
    operation/test_settings.py operation/test_two_hosts.py orm_threads/test_real_server.py
    orm_threads/test_workers.py page_cache/test_caches_in_front.py page_cache/test_cdn.py
    page_cache/test_two_servers.py posts/test_documents_two_servers.py site/test_lighthouse.py
    site/test_security_settings.py site/test_validity.py statistics/test_counting.py
""".split()
"""Where tests begin that need a browser, or servers and commands in processes of their own: see CONTRIBUTING.md."""
QUICK = {"browser/test_comment_form.py", "browser/test_live_comments.py"}
"""Of those, what `make test` runs all the same: the way of a comment from one browser to another."""


def pytest_collection_modifyitems(items):
    for item in items:
        path = item.nodeid.partition("::")[0].removeprefix("tests/")
        if path.startswith(tuple(SLOW)) and path not in QUICK:
            item.add_marker(pytest.mark.slow)


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
