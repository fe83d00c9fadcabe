"""The same on a real server: with one thread, and on MariaDB."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.databases import connect, database, mariadb, tell
from tests.live.test_post_and_hear import MAKE_POST, frame, listen
from tests.server import Server

SAY = "/api/posts/a-walk/comments/"


def test_one_thread_is_enough_to_write_publish_and_show(tmp_path):
    """A verb on the only thread tells the hub, which is on the loop."""
    with Server(tmp_path, ORM_THREADS="1") as server, listen(server, server.run(MAKE_POST)) as socket:

        def speak(n):
            pages = server.ask("/")[0], server.ask("/post/a-walk/")[0], server.ask("/nothing/")[0]
            return pages, server.ask(SAY, {"text": f"Number {n}", "name": f"Bob {n}"})[0]

        with ThreadPoolExecutor(8) as people:
            answers = list(people.map(speak, range(16)))
        heard = [frame(socket)["n"] for _ in range(17)]

    assert answers == [((200, 200, 404), 201)] * 16
    assert heard == list(range(17))


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mariadb")
    with database(folder, mariadb()) as url, Server(folder, DATABASE_URL=url) as server:
        server.run(MAKE_POST)
        yield server


def test_mariadb_sees_no_new_connections(on_mariadb):
    """However many requests, and however many at once."""
    url = on_mariadb.environment["DATABASE_URL"]
    name = url.rpartition("/")[2]

    def ids() -> set:
        return {id for (id,) in tell(url, f"SELECT id FROM information_schema.processlist WHERE db = '{name}'")}

    def visit(n):
        paths = ["/search/?q=walk", f"/tag/none-{n}/", "/readyz", SAY]
        return [on_mariadb.ask(path)[0] for path in paths]

    with ThreadPoolExecutor(8) as people:
        list(people.map(visit, range(16)))
        before = ids()
        answers = list(people.map(visit, range(32)))
        after = ids()

    assert answers == [[200, 404, 200, 200]] * 32
    assert len(after) <= 8 + 2  # the pool's, and what watches beside it
    assert len(after - before) <= max(0, 8 - len(before)) + 2


def test_all_its_connections_cut_harm_one_request_at_most(on_mariadb):
    url = on_mariadb.environment["DATABASE_URL"]
    name = url.rpartition("/")[2]
    for _ in range(10):
        assert on_mariadb.ask("/readyz")[0] == 200

    with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(f"SELECT id FROM information_schema.processlist WHERE db = '{name}'")
        for (id,) in cursor.fetchall():
            cursor.execute(f"KILL {id}")
    answers = [on_mariadb.ask(SAY)[0] for _ in range(20)]

    assert set(answers) <= {200, 503}
    assert answers.count(503) <= 1
