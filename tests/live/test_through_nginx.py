"""Behind nginx, with our own deploy/nginx.conf: sockets, asking, and who it is that comes."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.sync.client import connect

from tests.live.test_post_and_hear import MAKE_POST, frame
from tests.server import ROOT, Server, free_port, until


class Nginx:
    """deploy/nginx.conf as the operator copies it, but for the names, ports and certificates."""

    def __init__(self, folder: Path, *servers: Server, static: Path | None = None) -> None:
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        self.host = f"127.0.0.1:{self.port}"
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        before, _redirect, secure = re.split(r"^server \{$", text, flags=re.MULTILINE)
        plain = re.sub(r"^ *(listen|ssl_\w+) .*\n", "", secure, flags=re.MULTILINE)
        text = f"{before}server {{\n    listen 127.0.0.1:{self.port};{plain}"
        if (folder / "tls").is_dir():
            secure = secure.replace("    listen [::]:443 ssl http2;\n", "")
            secure = secure.replace("listen 443", f"listen 127.0.0.1:{self.tls_port}")
            text += f"server {{{secure}".replace("/etc/letsencrypt/live/blog.example", str(folder / "tls"))
        each = "max_fails=0" if len(servers) > 1 else ""  # as the file says
        upstream = " ".join(
            f"server {getattr(server, 'host', '127.0.0.1')}:{server.port} {each};" for server in servers
        )
        text = text.replace("server 127.0.0.1:8000;", upstream).replace("blog.example", "127.0.0.1")
        text = text.replace("/var/lib/frodo/static", str(static or folder / "static"))
        paths = "".join(f"{name}_temp_path {folder}/{name};" for name in "client_body proxy fastcgi uwsgi scgi".split())
        self.file = folder / "nginx.conf"
        user = "user root;" if os.getuid() == 0 else ""  # the folders of tests are their user's only
        self.file.write_text(
            f"daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{ worker_connections 4096; }}\n"
            f"http {{ include /etc/nginx/mime.types; access_log off; {paths}\n{text}\n}}\n"
        )

    def __enter__(self) -> "Nginx":
        command = [shutil.which("nginx", path=SYSTEM_PATH), "-c", str(self.file), "-p", str(self.folder)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until(self.answers, "nginx to start")
        return self

    def __exit__(self, *exception) -> None:
        self.process.terminate()
        self.process.wait()

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        try:
            with urlopen(f"http://{self.host}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if shutil.which("nginx", path=SYSTEM_PATH) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no nginx.")
    folder = tmp_path_factory.mktemp("nginx")
    with (
        Server(folder, TRUSTED_PROXIES="127.0.0.1", COMMENT_RATE="3/365d") as server,
        Nginx(folder, server) as nginx,
    ):
        post = server.run(MAKE_POST)
        direct, server.url = server.url, f"http://{nginx.host}"  # from here on all asking goes through nginx
        yield server, nginx, post
        server.url = direct


def test_an_event_comes_by_socket_and_by_asking(site):
    server, nginx, post = site
    with connect(f"ws://{nginx.host}/ws/posts/{post}/", origin=server.url) as socket:
        assert frame(socket) == {"type": "hello", "n": 0}
        status, said = server.ask("/api/posts/a-walk/comments/", {"text": "Hello.", "name": "Eve"})
        heard = frame(socket)
        socket.send("ping")
        assert socket.recv(timeout=60) == "pong"

    assert status == 201
    assert heard["data"]["comment"]["text"] == "Hello."
    assert server.ask("/api/posts/a-walk/events/?since=0")[1] == {"n": said["n"], "events": [heard], "reset": False}
    assert "Hello." in server.ask("/post/a-walk/")[1]


def test_a_foreign_page_opens_no_socket(site):
    _server, nginx, post = site

    with pytest.raises(Exception, match="403"):
        connect(f"ws://{nginx.host}/ws/posts/{post}/", origin="https://evil.example")


def test_limits_count_the_reader_and_not_nginx(site):
    server, _nginx, _post = site

    def say(text: str) -> int:
        pretended = {"X-Forwarded-For": "203.0.113." + text}
        return server.ask("/api/posts/a-walk/comments/", {"text": text, "name": "Eve"}, **pretended)[0]

    assert [say(str(number)) for number in range(4)][-1] == 429
