"""DATABASE_REPLICA_URL: pages for everybody are read from the replica, unless something has just changed."""

import re
import shutil

import pytest

from tests.databases import dump, load, query, tell
from tests.live.test_post_and_hear import MAKE_POST
from tests.server import Server, until

SECONDS = "3"


@pytest.fixture
def site(tmp_path):
    """A server, and a replica that has stopped replicating: a copy whose post has another title."""
    with Server(tmp_path) as server:
        server.run(MAKE_POST)
        server.kill()
        url = server.environment["DATABASE_URL"]
        if url.startswith("mysql"):
            name = url.rpartition("/")[2].partition("?")[0] + "_replica"
            replica = re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", url)
            tell(url, f"CREATE DATABASE {name}")
            load(replica, dump(url).decode())
        else:
            replica = f"sqlite:///{tmp_path / 'replica.sqlite3'}"
            query(url, "PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(url.partition(":///")[2], tmp_path / "replica.sqlite3")
        query(replica, "UPDATE blog_post SET title = 'Read from the replica'")
        server.environment |= {
            "DATABASE_REPLICA_URL": replica,
            "DATABASE_REPLICA_SECONDS": SECONDS,
            "PAGE_CACHE_SECONDS": "0.2",
        }
        server.start()
        try:
            yield server, replica
        finally:
            server.kill()
            if url.startswith("mysql"):
                tell(url, f"DROP DATABASE {name}")


def reads_replica(server: Server) -> bool:
    status, page = server.ask("/post/a-walk/")
    assert status == 200
    return "Read from the replica" in page


def test_pages_come_from_the_replica_and_for_a_while_after_a_change_from_the_primary(site):
    server, _replica = site
    until(lambda: reads_replica(server), "the replica to be read")

    assert server.ask("/api/posts/a-walk/comments/", {"text": "Just written.", "name": "Eve"})[0] == 201

    page = server.ask("/post/a-walk/")[1]
    assert "Just written." in page
    assert "Read from the replica" not in page
    assert server.ask("/api/posts/a-walk/")[1]["title"] == "A walk"  # the API is never behind
    until(lambda: reads_replica(server), "the replica to be read again")


def test_a_replica_that_is_gone_leaves_the_primary(site):
    server, replica = site
    until(lambda: reads_replica(server), "the replica to be read")

    query(replica, "DROP TABLE blog_post_tags")

    until(lambda: not reads_replica(server), "a page of the primary")
    assert server.ask("/post/a-walk/")[0] == 200
