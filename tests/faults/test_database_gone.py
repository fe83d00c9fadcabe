"""MariaDB is cut off, or stops without hanging up, and comes back while the server runs on."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count

import pytest

from tests.databases import connect, query, tell
from tests.faults.browser import Browser, is_fresh, is_stale
from tests.faults.mariadb import MariaDB
from tests.server import ROOT, Server, until

MAKE_POSTS = "from tests.factories import make_post; make_post(title='A walk'); make_post(title='A lake')"
SOON = 60
"""Seconds within which all is well again. By itself it takes two; a machine may be busy."""
N_THREADS = 2
WORDS = "We <b>met</b> a heron,\nand she flew."


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with MariaDB(tmp_path_factory.mktemp("database")) as database:
        yield database


@pytest.fixture(scope="module")
def server(tmp_path_factory, database):
    url = f"{database.url}?read_timeout=2&write_timeout=2&connect_timeout=2"  # else one waits for ten seconds
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, DATABASE_URL=url, REDIS_URL="", ORM_THREADS=str(N_THREADS), JOBS_IN_SERVER="false") as server:
        # What another process or a job writes makes known pages unknown. It is over before we begin.
        server.run(MAKE_POSTS)
        server.kill()
        yield server.start()


@pytest.fixture
def browser(server):
    """One without JavaScript, which has opened the form."""
    return Browser(server.url)


@pytest.fixture
def gone(server, database, browser):
    """The database is cut off after the front page and A walk were read."""
    for path in ("/", "/post/a-walk/"):
        until(partial(is_fresh, browser, path), "a page that will be known", SOON)
    browser.open("/post/a-walk/comment/")
    database.kill()
    yield
    if database.process is None:
        database.start()
    until(lambda: server.ask("/readyz")[0] == 200, "the database to be back", SOON)


def test_known_pages_are_shown_and_say_that_they_are_stale(browser, gone):
    for path, text in [("/", "A lake"), ("/post/a-walk/", "We walked along the river.")]:
        until(partial(is_stale, browser, path), "the look that fails", SOON)
        status, headers, page = browser.open(path)
        assert status == 200
        assert text in page
        assert headers["X-Frodo-Stale"] == "1"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/post/a-lake/", "/search/?q=river", "/no/such/page/", "/post/a-lake/comment/"])
def test_what_is_not_known_is_503_in_our_design(browser, gone, path):
    status, headers, page = browser.open(path)

    assert status == 503
    assert headers["Retry-After"]
    assert "no-store" in headers["Cache-Control"]
    assert "Back in a moment" in page
    assert "css/site." in page


@pytest.mark.parametrize("path", ["comments", "events"])
def test_the_api_says_so_in_its_own_shape(server, gone, path):
    status, said = server.ask(f"/api/posts/a-walk/{path}/")

    assert status == 503
    assert said["error"]["code"] == "unavailable"
    assert said["error"]["message"]


def test_a_comment_is_refused_in_that_shape(server, gone):
    status, said = server.ask("/api/posts/a-walk/comments/", {"text": "Lovely.", "name": "Bob"})

    assert status == 503
    assert said["error"]["code"] == "unavailable"


def test_who_sent_a_form_sees_the_words_again(browser, gone):
    status, _headers, page = browser.open("/post/a-walk/comment/", text=WORDS, name="Bob", intent="post")

    assert status == 503
    assert "We &lt;b&gt;met&lt;/b&gt; a heron,\nand she flew." in page


def test_watchers_hear_that_it_lives_and_cannot_serve(server, gone):
    assert server.ask("/readyz")[0] == 503
    assert server.ask("/healthz")[0] == 200


def test_who_meets_a_row_that_is_locked_for_too_long_may_try_again(tmp_path, server, database):
    """MariaDB ends the wait, as it ends a deadlock: 503, not 500."""
    (before,) = query(database.url, "SELECT @@GLOBAL.innodb_lock_wait_timeout")
    tell(database.url, "SET GLOBAL innodb_lock_wait_timeout = 1")
    try:
        with Server(tmp_path, DATABASE_URL=database.url, REDIS_URL="", JOBS_IN_SERVER="false") as site:
            browser = Browser(site.url)
            browser.open("/post/a-walk/comment/")
            with closing(connect(database.url)) as other, closing(other.cursor()) as cursor:
                cursor.execute("USE frodo")
                cursor.execute("SELECT id FROM blog_post FOR UPDATE")
                refused = browser.open("/post/a-walk/comment/", text=f"{WORDS} Twice.", name="Bob", intent="post")
                other.rollback()
            answered = browser.open("/post/a-walk/comment/", text=f"{WORDS} Twice.", name="Bob", intent="post")
    finally:
        tell(database.url, f"SET GLOBAL innodb_lock_wait_timeout = {before[0]}")

    assert (refused[0], refused[1]["Retry-After"]) == (503, "5")
    assert "We &lt;b&gt;met&lt;/b&gt; a heron" in refused[2]
    assert answered[0] == 200


@pytest.mark.quality
def test_migrate_waits_for_a_database_that_is_starting(server, database, gone):
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--wait", "120"]
    with subprocess.Popen(command, cwd=ROOT, env=server.environment, stderr=subprocess.PIPE, text=True) as migrating:
        assert migrating.stderr.readline() == "Waiting for the database, up to 120 seconds ...\n"
        database.start()

        assert migrating.stderr.read() == ""
    assert migrating.returncode == 0


def test_all_is_well_when_it_returns(server, database, browser, gone):
    until(partial(is_stale, browser, "/"), "the look that fails", SOON)
    process = server.process.pid
    database.start()

    until(lambda: is_fresh(browser, "/") and is_fresh(browser, "/post/a-lake/"), "all to be well", SOON)
    assert browser.open("/post/a-walk/comment/", text=WORDS, name="Bob", intent="post")[0] == 200
    assert "a heron" in server.ask("/post/a-walk/")[1]
    assert server.process.pid == process


def test_nobody_waits_for_ever_for_one_that_says_nothing(server, database, browser):
    """As when its disk hangs, or its host."""
    until(partial(is_fresh, browser, "/"), "a page that will be known", SOON)
    unknown = [
        lambda: browser.open("/search/?q=lake"),
        lambda: server.ask("/api/posts/"),
        lambda: server.ask("/readyz"),
    ]
    written = partial(server.ask, "/api/posts/a-walk/comments/", {"text": "Lovely.", "name": "Bob"})

    database.freeze()
    try:
        until(partial(is_stale, browser, "/"), "the look that fails", SOON)
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


def test_everybody_is_answered_within_ten_seconds(tmp_path, server, database):
    """With the timeouts that are set where DATABASE_URL says nothing of them."""
    numbers = count()
    with Server(tmp_path, DATABASE_URL=database.url, REDIS_URL="", ORM_THREADS=str(N_THREADS)) as site:
        asks = [
            lambda: site.ask(f"/search/?q=lake{next(numbers)}"),  # no page is one that is known
            lambda: site.ask(f"/no/such/page/{next(numbers)}/"),
            partial(site.ask, "/api/posts/"),
            partial(site.ask, "/readyz"),
            partial(site.ask, "/api/posts/a-walk/comments/", {"text": "Lovely.", "name": "Bob"}),
        ]

        def timed(ask) -> tuple[int, float]:
            began = time.monotonic()
            return ask()[0], time.monotonic() - began

        with ThreadPoolExecutor(10) as people:
            list(people.map(timed, asks[:4] * 2))  # every thread has its connection
            time.sleep(1.5)  # so that it is asked whether it still works
            database.freeze()
            try:
                answers = [answer for _ in range(3) for answer in people.map(timed, asks * 2)]
            finally:
                database.thaw()
        until(lambda: site.ask("/readyz")[0] == 200, "the database to be back", SOON)
        log = site.log.read_text()

    assert {status for status, _seconds in answers} == {503}
    assert max(seconds for _status, seconds in answers) < 10
    assert log.count("frodo.circuit_breaker: The database is away") == 1
