"""A server that is killed while it makes smaller copies."""

import pytest

from tests.media.sample_images import picture
from tests.server import Server, until

MAKE = """
from tests.factories import make_post
from blog.media.services import store
make_post(title="Shown", text=store(open({path!r}, "rb"), user=None).markdown)
"""


@pytest.fixture
def server(tmp_path):
    widths = ",".join(str(width) for width in range(700, 1000, 25))  # takes long enough to be killed meanwhile
    with Server(tmp_path, JOBS_POLL_SECONDS="0.1", UPLOAD_WIDTHS=widths) as server:
        yield server


@pytest.mark.quality
def test_the_next_one_makes_them(server, tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture("jpeg", 1000, 800))
    server.run(MAKE.format(path=str(path)))
    state = "SELECT state FROM frodo_job WHERE type = 'make_variants'"
    until(lambda: server.query(state) == [("running",)], "the job to start", 60)
    server.kill()
    assert server.query(state) == [("running",)]

    server.query("UPDATE frodo_job SET available_at = '2000-01-01 00:00:00' WHERE state = 'running'")
    server.start()

    until(lambda: server.query(state) == [], "the job to be done", 60)
    assert "-700.avif 700w" in server.ask("/post/shown/")[1]
