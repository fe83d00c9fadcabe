"""Redis whose master dies: a Sentinel makes the replica the master, and the site follows."""

from pathlib import Path

import pytest
import redis as client

from tests.faults.page import OpenPage
from tests.live.test_post_and_hear import MAKE_POST
from tests.redis import Redis
from tests.server import Server, until

COMMENTS = "/api/posts/a-walk/comments/"
CONFIG = """
sentinel monitor the-blog 127.0.0.1 {port} 1
sentinel down-after-milliseconds the-blog 500
sentinel failover-timeout the-blog 3000
"""


@pytest.fixture
def folder_of(tmp_path):
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    return folder


def replica_of(master: Redis, folder: Path) -> Redis:
    return Redis(folder, "--replicaof", f"127.0.0.1 {master.port}")


def n_subscribed(redis: Redis) -> int:
    """Channels of the site on this server: a process that serves pages listens to some."""
    with client.Redis.from_url(redis.url) as connection:
        try:
            return len(connection.pubsub_channels("frodo-test-*"))
        except client.ConnectionError:  # a replica that becomes the master closes its connections
            return 0


def is_in_step(replica: Redis) -> bool:
    with client.Redis.from_url(replica.url) as connection:
        return connection.info("replication").get("master_link_status") == "up"


def uses_redis(server: Server) -> bool:
    return server.ask("/readyz")[1].get("redis") == "ok"


def test_the_site_follows_the_master(folder_of):
    with (
        Redis(folder_of("master")) as master,
        Redis(folder_of("replica"), "--replicaof", f"127.0.0.1 {master.port}") as replica,
    ):
        until(lambda: is_in_step(replica), "the replica")
        config = folder_of("sentinel") / "sentinel.conf"
        config.write_text(CONFIG.format(port=master.port))
        with Redis(config.parent, str(config), "--sentinel") as sentinel:
            settings = {
                "REDIS_URL": "redis://the-blog/0",
                "REDIS_SENTINELS": f"127.0.0.1:{sentinel.port}",
                "REDIS_PREFIX": "frodo-test-sentinel",
            }
            with Server(folder_of("one"), **settings) as one:
                post = int(one.run(MAKE_POST))
                with OpenPage(one, "a-walk", post) as page:
                    assert one.ask(COMMENTS, {"text": "To the master.", "name": "Bob"})[0] == 201
                    until(lambda: page.last == 1, "the event by the master")
                    until(lambda: uses_redis(one) and n_subscribed(master), "the site to use the master")

                    master.stop()
                    assert one.ask(COMMENTS, {"text": "To nobody.", "name": "Bob"})[0] == 201
                    until(lambda: n_subscribed(replica), "the site to listen to the new master")
                    until(lambda: uses_redis(one), "the site to use the new master")
                    assert one.ask(COMMENTS, {"text": "To the new master.", "name": "Bob"})[0] == 201
                    until(lambda: page.last == 3, "the event by the new master")
                    assert page.numbers == [1, 2, 3]
