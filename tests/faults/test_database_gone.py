"""MariaDB is cut off and comes back while the server runs on."""

from functools import partial

import pytest

from tests.faults.browser import Browser, is_fresh
from tests.faults.mariadb import MariaDB
from tests.server import Server, until

pytestmark = pytest.mark.quality  # they break and mend servers, and want the machine to themselves

MAKE_POSTS = "from tests.factories import make_post; make_post(title='A walk'); make_post(title='A lake')"
SOON = 60
"""Seconds within which all is well again. By itself it takes two; a machine may be busy."""
WORDS = "We <b>met</b> a heron,\nand she flew."


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with MariaDB(tmp_path_factory.mktemp("database")) as database:
        yield database


@pytest.fixture(scope="module")
def server(tmp_path_factory, database):
    with Server(tmp_path_factory.mktemp("server"), DATABASE_URL=database.url, REDIS_URL="") as server:
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
    until(lambda: "X-Frodo-Stale" in browser.open("/")[1], "the look that fails", SOON)

    for path, text in [("/", "A lake"), ("/post/a-walk/", "We walked along the river.")]:
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
    until(lambda: "X-Frodo-Stale" in browser.open("/")[1], "the look that fails", SOON)
    process = server.process.pid
    database.start()

    until(lambda: is_fresh(browser, "/") and is_fresh(browser, "/post/a-lake/"), "all to be well", SOON)
    assert browser.open("/post/a-walk/comment/", text=WORDS, name="Bob", deed="post")[0] == 200
    assert "a heron" in server.ask("/post/a-walk/")[1]
    assert server.process.pid == process
