"""`uvicorn --workers 2` with Redis: one site, however many processes serve it, to its end."""

import json
import os
import signal
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.live.test_post_and_hear import MAKE_POST, frame, listen
from tests.process import clients
from tests.redis import Redis
from tests.server import Server, until

COME_BACK = 1012
READER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
N_VIEWS = "from blog.models import Post; print(Post.objects.get(slug='a-walk').n_views)"


@pytest.fixture
def server(tmp_path):
    with (
        Redis(tmp_path) as redis,
        Server(tmp_path, "--workers", "2", REDIS_URL=redis.url, VIEWS_WRITE_SECONDS="1000") as server,
    ):
        yield server
        if server.process.poll() is None:  # the test failed: they would outlive a parent that is killed
            workers = children(server)
            server.kill()
            for worker in workers:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)


def children(server: Server) -> list[int]:
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def at_both(server: Server, connect) -> dict[int, object]:
    """A connection to each worker, by its process: chance says whom one gets, so that one tries again."""
    found: dict[int, object] = {}

    def worker_of(port: int) -> int | None:
        return next((child for child in children(server) if port in clients(server, child)), None)

    def both() -> bool:
        connection, port = connect()
        found.setdefault(until(lambda: worker_of(port), "a worker to take it"), connection)
        return len(found) == 2

    until(both, "both to serve", 60)
    return found


@pytest.mark.quality
def test_both_are_one_site_and_end_cleanly(server):
    post_id = server.run(MAKE_POST)
    with ExitStack() as opened:

        def socket():
            page = opened.enter_context(listen(server, post_id))
            return page, page.socket.getsockname()[1]

        def line():
            connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
            connection.connect()
            opened.callback(connection.close)
            return connection, connection.sock.getsockname()[1]

        pages = at_both(server, socket)
        assert [frame(page)["type"] for page in pages.values()] == ["hello", "hello"]

        for n, at in enumerate(at_both(server, line).values(), 1):
            body = json.dumps({"text": f"Number {n}", "name": "Bob"})
            at.request("POST", "/api/posts/a-walk/comments/", body, {"Content-Type": "application/json"})
            assert at.getresponse().status == 201
            assert [frame(page)["n"] for page in pages.values()] == [n, n]

        for _ in range(10):
            assert server.ask("/post/a-walk/", **READER)[0] == 200

        server.process.send_signal(signal.SIGTERM)
        for page in pages.values():
            with pytest.raises(ConnectionClosed) as closed:
                page.recv(60)
            assert closed.value.rcvd.code == COME_BACK
        server.process.wait(60)
    assert server.run(N_VIEWS) == "10"
    assert "Traceback" not in server.log.read_text()
