"""MariaDB stops without hanging up, as when its disk or its host hangs, and goes on later."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults.browser import Browser, is_fresh
from tests.faults.mariadb import MariaDB
from tests.server import Server, until

MAKE_POSTS = "from tests.factories import make_post; make_post(title='A walk'); make_post(title='A lake')"
N_THREADS = 2
SOON = 60
"""Seconds; it takes two by itself."""


@pytest.fixture
def database(tmp_path):
    with MariaDB(tmp_path) as database:
        yield database


@pytest.fixture
def server(tmp_path, database):
    # Answers are waited for ten seconds without this.
    url = f"{database.url}?read_timeout=2&write_timeout=2&connect_timeout=2"
    with Server(tmp_path, DATABASE_URL=url, REDIS_URL="", ORM_THREADS=str(N_THREADS)) as server:
        server.run(MAKE_POSTS)  # over before we begin: it makes all known pages unknown
        server.kill()
        yield server.start()


def test_nobody_waits_for_ever_and_all_is_well_when_it_goes_on(server, database):
    browser = Browser(server.url)
    until(partial(is_fresh, browser, "/"), "a page that will be known", SOON)
    unknown = [lambda: browser.open("/post/a-lake/"), lambda: server.ask("/api/posts/"), lambda: server.ask("/readyz")]
    written = partial(server.ask, "/api/posts/a-walk/comments/", {"text": "Lovely.", "name": "Bob"})

    database.freeze()
    try:
        until(lambda: "X-Frodo-Stale" in browser.open("/")[1], "the look that fails", SOON)
        for _ in range(2):  # threads that had hung would not be there the second time
            with ThreadPoolExecutor(8) as people:
                asked = [people.submit(ask) for ask in [*unknown, written] * N_THREADS]
                status, headers, page = browser.open("/")
            assert (status, headers["X-Frodo-Stale"]) == (200, "1")
            assert "A lake" in page
            assert {answer.result()[0] for answer in asked} == {503}
        assert server.ask("/healthz")[0] == 200
    finally:
        database.thaw()

    until(lambda: is_fresh(browser, "/") and is_fresh(browser, "/post/a-lake/"), "all to be well", SOON)
    assert written()[0] == 201
    assert "Traceback" not in server.log.read_text()
