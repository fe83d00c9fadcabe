"""MariaDB is cut off, or stops without hanging up, and comes back while the server runs on."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults.browser import Browser, is_fresh, is_stale
from tests.faults.mariadb import MariaDB
from tests.server import Server, until

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
    with Server(folder, DATABASE_URL=url, REDIS_URL="", ORM_THREADS=str(N_THREADS)) as server:
        # What another process writes makes all known pages unknown at the next look. It is over before we begin.
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
    status, _headers, page = browser.open("/post/a-walk/comment/", text=WORDS, name="Bob", deed="post")

    assert status == 503
    assert "We &lt;b&gt;met&lt;/b&gt; a heron,\nand she flew." in page


def test_watchers_hear_that_it_lives_and_cannot_serve(server, gone):
    assert server.ask("/readyz")[0] == 503
    assert server.ask("/healthz")[0] == 200


def test_all_is_well_when_it_returns(server, database, browser, gone):
    until(partial(is_stale, browser, "/"), "the look that fails", SOON)
    process = server.process.pid
    database.start()

    until(lambda: is_fresh(browser, "/") and is_fresh(browser, "/post/a-lake/"), "all to be well", SOON)
    assert browser.open("/post/a-walk/comment/", text=WORDS, name="Bob", deed="post")[0] == 200
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
