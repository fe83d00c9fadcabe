"""deploy/nginx.conf and deploy/Caddyfile in front of a server, as browsers see them."""

import json
import os
import re
import shutil
import subprocess
import urllib.request
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.live.test_post_and_hear import MAKE_POST, frame
from tests.live.test_through_nginx import SYSTEM_PATH, Nginx
from tests.server import ROOT, Server, free_port, until


def need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program, path=SYSTEM_PATH) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"There is no {program}.")


class Caddy:
    def __init__(self, folder: Path, server: Server, static: Path) -> None:
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.file = folder / "Caddyfile"
        text = (ROOT / "deploy" / "Caddyfile").read_text().replace("/var/lib/frodo/static", str(static))
        self.file.write_text("{\n\tadmin off\n}\n" + text)
        self.environment = os.environ | {
            "HOME": str(folder),
            "SITE_HOST": f"http://{self.host}",
            "FRODO": f"127.0.0.1:{server.port}",
        }

    def __enter__(self) -> "Caddy":
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(self.file)]
        self.process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        until(self.answers, "Caddy to start")
        return self

    def __exit__(self, *exception) -> None:
        self.process.terminate()
        self.process.wait()

    def answers(self) -> bool:
        assert self.process.poll() is None
        try:
            return get(self, "/healthz")[0] == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    need("nginx", "openssl")
    folder = tmp_path_factory.mktemp("proxies")
    (folder / "tls").mkdir()
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run([*command.split(), *names], cwd=folder / "tls", check=True, capture_output=True)
    with Server(folder, TRUSTED_PROXIES="127.0.0.1", DATA_DIR=str(folder)) as server:
        server.manage(
            "collectstatic",
            "--noinput",
            "--verbosity",
            "0",
            "--ignore",
            "drf_spectacular_sidecar",
            "--ignore",
            "rest_framework",
        )
        server.post_id = server.run(MAKE_POST)
        server.kill()
        server.start()  # with the files that were collected
        yield folder, server


@pytest.fixture(scope="module")
def nginx(site):
    folder, server = site
    with Nginx(folder, server, static=folder / "static") as nginx:
        yield nginx


@pytest.fixture(scope="module", params=["nginx", "Caddy"])
def proxy(request, site):
    if request.param == "nginx":
        yield request.getfixturevalue("nginx")
    else:
        need("caddy")
        folder, server = site
        with Caddy(folder, server, folder / "static") as caddy:
            yield caddy


def get(proxy, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    connection = HTTPConnection(proxy.host, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def a_style(proxy) -> str:
    return re.search(r'href="(/static/css/site\.[0-9a-f]{12}\.css)"', get(proxy, "/")[2].decode())[1]


def test_static_files_come_from_the_disk_and_may_be_kept_for_ever(site, proxy):
    folder, _server = site
    style = a_style(proxy)
    (folder / "static/css/only-on-disk.0123456789ab.css").write_text("p { margin: 0 }")

    status, headers, body = get(proxy, style, **{"Accept-Encoding": "gzip"})

    assert (status, headers["Content-Encoding"], body[:2]) == (200, "gzip", b"\x1f\x8b")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers.get_content_type() == "text/css"
    assert get(proxy, "/static/css/only-on-disk.0123456789ab.css")[2] == b"p { margin: 0 }"


def test_what_was_not_collected_comes_from_the_server_or_is_not_there(proxy):
    assert b"--body-bg" in get(proxy, "/static/admin/css/base.css")[2]
    assert get(proxy, "/static/nothing.css")[0] == 404
    assert get(proxy, "/static/")[0] in (403, 404)
    for path in ("/static/../frodo.sqlite3", "/static/..%2ffrodo.sqlite3", "/static../frodo.sqlite3"):
        assert get(proxy, path)[0] in (400, 404)


def test_pages_and_what_is_not_kept_are_compressed_once(proxy):
    page = get(proxy, "/post/a-walk/", **{"Accept-Encoding": "br, gzip"})[1]
    admin = get(proxy, "/accounts/sign-in/", **{"Accept-Encoding": "br, gzip"})[1]

    assert page["Content-Encoding"] == "br"
    assert admin["Content-Encoding"] == "gzip"


def test_the_etag_of_the_api_stays_strong(proxy):
    _status, headers, _body = get(proxy, "/api/posts/", **{"Accept-Encoding": "br, gzip"})

    assert re.fullmatch(r'"[^"]+"', headers["ETag"])
    assert get(proxy, "/api/posts/", **{"Accept-Encoding": "br, gzip", "If-None-Match": headers["ETag"]})[0] == 304


def test_a_page_keeps_its_security_headers(proxy):
    headers = get(proxy, "/post/a-walk/")[1]

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert "Surrogate-Key" not in headers


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(proxy):
    large = b"x" * (22 * 1024 * 1024)
    with suppress(ConnectionError):  # the answer was sent while we were still writing
        assert get(proxy, "/api/uploads/", "POST", large)[0] == 413


def test_a_websocket_hears_a_comment(site, proxy):
    _folder, server = site
    with connect(f"ws://{proxy.host}/ws/posts/{server.post_id}/", origin=f"http://{proxy.host}") as socket:
        assert frame(socket)["type"] == "hello"
        body = json.dumps({"text": f"By way of {type(proxy).__name__}.", "name": "Eve"}).encode()
        comment = get(proxy, "/api/posts/a-walk/comments/", "POST", body, **{"Content-Type": "application/json"})
        assert comment[0] == 201
        assert f"By way of {type(proxy).__name__}." in json.dumps(frame(socket))


def test_the_reader_s_address_is_the_one_that_connects(site, proxy):
    """Whatever a reader pretends."""
    _folder, server = site
    body = json.dumps({"text": f"From where, {type(proxy).__name__}?", "name": "Eve"}).encode()
    pretended = {"Content-Type": "application/json", "X-Forwarded-For": "203.0.113.7"}

    assert get(proxy, "/api/posts/a-walk/comments/", "POST", body, **pretended)[0] == 201

    assert server.query("SELECT network FROM blog_comment ORDER BY id DESC LIMIT 1") == [("127.0.0.1",)]


def test_browsers_speak_http_2_with_nginx(nginx):
    need("curl")
    url = f"https://127.0.0.1:{nginx.tls_port}/post/a-walk/"
    command = ["curl", "--silent", "--http2", "--cacert", str(nginx.folder / "tls/fullchain.pem"), "--output"]
    command += [os.devnull, "--write-out", "%{http_version} %{http_code}", url]

    assert subprocess.run(command, capture_output=True, text=True).stdout == "2 200"


def test_a_server_sends_files_that_were_collected_after_it_started(site):
    """During an upgrade without a proxy that has the files: a page of the new version asks the old one for them."""
    folder, server = site
    (folder / "static/css/of-the-next-version.0123456789ab.css").write_text("p { margin: 1px }")

    with urllib.request.urlopen(f"{server.url}/static/css/of-the-next-version.0123456789ab.css") as answer:
        assert answer.read() == b"p { margin: 1px }"
