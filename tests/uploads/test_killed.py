"""A server that is killed while it makes smaller copies."""

import pytest

from tests.server import Server
from tests.uploads.pictures import picture

MAKE = """
from tests.factories import make_post
from blog.uploads.storing import store
make_post(title="Shown", text=store(open({path!r}, "rb"), user=None).markdown)
"""
WAIT = """
import time
from blog.models import Upload
end = time.monotonic() + 60
while not Upload.objects.filter({}).exists() and time.monotonic() < end:
    time.sleep(0.02)
print(Upload.objects.get().state)
"""
LATER = """
from datetime import timedelta
from django.db.models import F
from blog.models import ChoreTime, Upload
Upload.objects.update(due_at=F("due_at") - timedelta(minutes=4))
ChoreTime.objects.update(busy_until=F("busy_until") - timedelta(minutes=4))
"""


@pytest.fixture
def server(tmp_path):
    widths = ",".join(str(width) for width in range(700, 1000, 25))  # takes long enough to be killed meanwhile
    with Server(tmp_path, BACKGROUND_LOOK="0.1", UPLOAD_WIDTHS=widths) as server:
        yield server


def test_the_next_one_makes_them(server, tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture("jpeg", 1000, 800))
    server.run(MAKE.format(path=str(path)))
    assert server.run(WAIT.format("n_tries=1")) == "waiting"
    server.kill()

    server.run(LATER)
    server.start()

    assert server.run(WAIT.format("state='ready'")) == "ready"
    assert "-700.avif 700w" in server.ask("/post/shown/")[1]
