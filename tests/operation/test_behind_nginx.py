"""The files in deploy/ as an operator uses them: nginx keeps connections, systemd keeps the port during a restart."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest

from tests.live.test_post_and_hear import MAKE_POST
from tests.live.test_through_nginx import SYSTEM_PATH, Nginx
from tests.server import ROOT, Server
from tests.systemd import DEPLOY, listening_socket, service_options, unit


@pytest.fixture
def need_nginx():
    if shutil.which("nginx", path=SYSTEM_PATH) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no nginx.")


@pytest.fixture
def activated(tmp_path, need_nginx):
    """A server that inherits its socket, and nginx in front of it."""
    with closing(listening_socket()) as listening:
        number = listening.fileno()
        server = Server(tmp_path, *service_options(), "--fd", str(number), TRUSTED_PROXIES="127.0.0.1")
        server.pass_fds, server.port = (number,), listening.getsockname()[1]
        server.url = f"http://127.0.0.1:{server.port}"
        with server, Nginx(tmp_path, server) as nginx:
            server.run(MAKE_POST)
            yield server, nginx


def comment(connection: HTTPConnection, text: str) -> int:
    body = json.dumps({"text": text, "name": "Bob"})
    connection.request("POST", "/api/posts/a-walk/comments/", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


class Upstream(BaseHTTPRequestHandler):
    """In place of Frodo: answers with the port that the request came from, one for each connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *arguments) -> None:
        pass


def test_only_what_may_be_repeated_uses_a_kept_connection(tmp_path, need_nginx):
    """nginx answers 502 to a POST on a connection that the server is just closing."""
    methods = ("GET", "POST", "GET", "PUT", "PATCH", "DELETE", "GET", "POST")
    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        upstream.port = upstream.server_address[1]
        with (
            Nginx(tmp_path, upstream) as nginx,
            closing(HTTPConnection("127.0.0.1", nginx.port, timeout=60)) as browser,
        ):
            ports = []
            for method in methods:
                browser.request(method, "/", None if method == "GET" else b"{}")
                ports.append(browser.getresponse().read())
        upstream.shutdown()

    kept = {port for method, port in zip(methods, ports, strict=True) if method == "GET"}
    assert len(kept) == 1
    assert len(set(ports)) == 1 + sum(method != "GET" for method in methods)


def test_a_restart_answers_every_request(activated):
    server, nginx = activated
    done, statuses = threading.Event(), []

    def write(who: int) -> None:
        with closing(HTTPConnection("127.0.0.1", nginx.port, timeout=60)) as connection:
            for n in count():
                if done.is_set():
                    return
                statuses.append(comment(connection, f"{who}-{n}"))

    with ThreadPoolExecutor(4) as people:
        writers = [people.submit(write, who) for who in range(4)]
        try:
            for _ in range(2):
                before = len(statuses)
                server.process.send_signal(signal.SIGTERM)
                server.process.wait(30)
                server.start()
                while len(statuses) < before + 20 and not any(writer.done() for writer in writers):
                    time.sleep(0.01)
        finally:
            done.set()
        for writer in writers:
            writer.result()

    assert set(statuses) == {201}
    assert server.ask("/api/posts/a-walk/comments/?limit=1")[1]["count"] == len(statuses)


def test_an_inherited_socket_answers_without_delay_and_knows_the_reader(activated):
    server, nginx = activated
    took = []
    with closing(HTTPConnection("127.0.0.1", nginx.port, timeout=60)) as connection:
        assert comment(connection, "Hello.") == 201
        for _ in range(50):
            began = time.monotonic()
            connection.request("GET", "/readyz")
            connection.getresponse().read()
            took.append(time.monotonic() - began)

    assert min(took) < 0.03  # Nagle's algorithm and delayed acknowledgements would make each 40 ms
    network = server.run("from blog.models import Comment; print(Comment.objects.get().network)")
    assert network == "127.0.0.1"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_no_fault_in_the_units(tmp_path):
    """With programs and folders that exist here in place of the operator's."""
    names = ["frodo.socket", "frodo.service", "frodo-upgrade.service", "frodo-jobs.service"]
    for name in names:
        text = (DEPLOY / name).read_text().replace("/srv/frodo/.venv/bin/", f"{shutil.which('true')} ")
        (tmp_path / name).write_text(text.replace("/srv/frodo", "/"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in names)],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
    )

    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "frodo" in line]
    assert (done.returncode, said) == (0, [])


def test_the_service_starts_after_its_database_and_never_gives_up():
    service = unit("frodo.service")
    assert {"mariadb.service", "mysql.service", "redis-server.service"} <= set(service["Unit"]["After"].split())
    assert service["Unit"]["StartLimitIntervalSec"] == "0"
    assert float(service["Service"]["RestartSec"]) >= 1
    assert "ExecStartPre" not in service["Service"]  # nothing runs while nobody answers


def test_the_command_for_worker_connections(tmp_path, need_nginx):
    """That of docs/installing.md, on Debian's own file."""
    debian = Path("/etc/nginx/nginx.conf")
    if not debian.exists():
        pytest.skip("Debian's nginx.conf is not here.")
    copy = tmp_path / "nginx.conf"
    shutil.copy(debian, copy)
    [command] = re.findall(r"sudo (sed -i .*nginx\.conf)$", (ROOT / "docs/installing.md").read_text(), re.MULTILINE)

    subprocess.run(command.replace(str(debian), str(copy)), shell=True, check=True)

    text = copy.read_text()
    assert int(re.search(r"worker_connections (\d+);", text)[1]) >= 16384
    assert int(re.search(r"^worker_rlimit_nofile (\d+);", text, re.MULTILINE)[1]) >= 2 * 16384
