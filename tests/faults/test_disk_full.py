"""The disk of database and uploads is full: writes are answered 503, no broken file stays, all is well later."""

import json
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.faults.browser import Browser
from tests.faults.disk import Disk
from tests.media.sample_images import picture
from tests.server import ROOT, Server, until

PREPARE = """
from tests.factories import make_post
from tests import people
from accounts.tokens.services import create_personal_token
post = make_post(title="A walk")
ann = people.ann()
ann.set_password("a password for tests")
ann.save()
print(create_personal_token(ann, name="tests", scopes=["comments", "posts", "uploads"])[1])
"""
MEGABYTES = 16
TEXT = "We <b>met</b> a heron,\nand she flew. " + "She was grey. " * 600
LONG = b"x" * 3 * 1024**2
"""Longer than what Django keeps in memory."""
BOUNDARY = "frodo-test"


class Site:
    """A server whose database and uploads lie on a small disk."""

    def __init__(self, server: Server, disk: Disk) -> None:
        self.server, self.disk = server, disk
        self.token = server.run(PREPARE).splitlines()[-1]
        self.browser = Browser(server.url)
        assert self.browser.open("/post/a-walk/comment/")[0] == 200
        assert self.upload(LONG)[0] == 415  # the process has chosen its folder for temporary files

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "application/json", **headers: str):
        """Status, headers and text of a request by Ann's program."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Content-Type": kind, "Authorization": f"Bearer {self.token}", **headers}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said = answer.status, answer.headers, answer.read().decode()
        connection.close()
        return said

    def comment(self, text: str = TEXT, **headers: str):
        return self.send("POST", "/api/posts/a-walk/comments/", json.dumps({"text": text}).encode(), **headers)

    def upload(self, data: bytes):
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self.send("POST", "/api/uploads/", body, f"multipart/form-data; boundary={BOUNDARY}")

    def fill(self) -> None:
        """Until a comment finds no room. SQLite's log has some of its own, which the first ones may use up."""

        def is_full() -> bool:
            self.disk.fill()
            return self.comment(text=f"{TEXT} {next(numbers)}")[0] != 201

        numbers = iter(range(1000))
        until(is_full, "the disk to be full")

    @property
    def media(self) -> list[Path]:
        return [path for path in (self.disk.folder / "media").rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """On SQLite. A MariaDB without room ends itself, which is tests/faults/test_database_gone.py."""
    folder = tmp_path_factory.mktemp("full")
    with Disk(folder / "disk", MEGABYTES) as disk:
        (disk.folder / "tmp").mkdir()
        environment = {
            "DATABASE_URL": f"sqlite:///{disk.folder / 'frodo.sqlite3'}",
            "MEDIA_ROOT": str(disk.folder / "media"),
            "TMPDIR": str(disk.folder / "tmp"),
            "REDIS_URL": "",
            "JOBS_IN_SERVER": "false",
        }
        with Server(folder, **environment) as server:
            yield Site(server, disk)


@pytest.fixture
def full(site):
    site.fill()
    yield site
    if site.disk.filler.exists():
        site.disk.free()
        until(lambda: site.comment(text="There is room.")[0] in (201, 409), "the site to be well again", 30)


def says_unavailable(answer) -> bool:
    status, headers, text = answer
    error = json.loads(text)["error"]
    return status == 503 and error["code"] == "unavailable" and int(headers["Retry-After"]) > 0 and error["message"]


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/api/posts/a-walk/comments/", {"text": TEXT}),
        ("POST", "/api/posts/", {"title": "A lake", "text": TEXT * 20}),
        ("PATCH", "/api/posts/a-walk/", {"text": TEXT * 20}),
        ("PUT", "/api/posts/a-walk/reactions/", {"kind": "love"}),
    ],
)
def test_the_api_says_503_in_its_own_shape(full, method, path, said):
    answer = full.send(method, path, json.dumps(said).encode())
    assert says_unavailable(answer), answer


def test_the_same_key_works_once_there_is_room(full):
    key = {"Idempotency-Key": "full-disk"}
    assert says_unavailable(full.comment(text=f"{TEXT} once", **key))

    full.disk.free()

    until(lambda: full.comment(text=f"{TEXT} once", **key)[0] == 201, "the comment to be taken", 30)
    assert full.comment(text=f"{TEXT} once", **key)[1]["Idempotent-Replayed"] == "true"


def test_an_upload_leaves_no_file(full):
    before = full.media

    status, headers, text = full.upload(picture("png", 600, 400))

    assert status == 503
    assert json.loads(text)["error"]["code"] in ("store_away", "unavailable")
    assert int(headers["Retry-After"]) > 0
    assert full.media == before


def test_a_long_request_that_finds_no_temporary_file_is_503(full):
    """What is longer than 2.5 MB waits in a file until it is read."""
    assert says_unavailable(full.upload(LONG))


def test_who_sent_a_form_sees_the_words_again(full):
    status, headers, page = full.browser.open("/post/a-walk/comment/", text=TEXT, name="Bob", intent="post")

    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert "We &lt;b&gt;met&lt;/b&gt; a heron,\nand she flew." in page


def test_signing_in_is_503(full):
    browser = Browser(full.server.url)
    assert browser.open("/accounts/sign-in/?next=/admin/")[0] == 200
    form = {"login": "ann", "password": "a password for tests", "next": "/admin/"}

    def refused():
        """A session is small, and may find room where a comment found none."""
        full.disk.fill()
        answer = browser.open("/accounts/sign-in/?next=/admin/", **form)
        return answer if answer[0] != 200 else None

    status, headers, page = until(refused, "the session to find no room")

    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert "a password for tests" not in page


@pytest.mark.parametrize("path", ["/", "/post/a-walk/", "/search/?q=walk", "/api/posts/a-walk/comments/", "/readyz"])
def test_who_reads_reads_on(full, path):
    assert full.send("GET", path)[0] == 200


@pytest.mark.parametrize("text", [TEXT * 60, "![](a.png)"], ids=["no room in the database", "no room for a picture"])
def test_a_command_says_it_in_one_line(full, tmp_path, text):
    (tmp_path / "first.md").write_text(f"# First\n\n{text}")
    (tmp_path / "second.md").write_text(f"# Second\n\n{text}")
    (tmp_path / "a.png").write_bytes(picture("png", 600, 400))

    done = subprocess.run(
        [sys.executable, "manage.py", "import_blog", tmp_path, "--format", "markdown"],
        cwd=ROOT,
        env=full.server.environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    [line] = done.stderr.splitlines()
    assert line.startswith(("The database cannot be used: ", "Nothing can be written: "))


def test_all_is_well_when_there_is_room(full):
    full.disk.free()

    until(lambda: full.comment(text="Room at last.")[0] in (201, 409), "a comment to be taken", 30)
    assert full.upload(picture("png", 60, 40))[0] == 201
    assert "Traceback" not in full.server.log.read_text()
