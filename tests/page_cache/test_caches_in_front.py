"""nginx and Varnish keep pages as docs/cdn.md says, in front of a real server."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

from tests.live.test_post_and_hear import MAKE_POST, say
from tests.live.test_through_nginx import SYSTEM_PATH, Nginx
from tests.operation.test_proxies import need
from tests.server import ROOT, Server, free_port, until


def blocks(heading: str) -> list[str]:
    guide = (ROOT / "docs/cdn.md").read_text(encoding="utf-8")
    section = guide.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```\w*\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def read(host: str, path: str, language: str = "en", **headers: str) -> tuple[dict[str, str], str]:
    request = Request(f"http://{host}{path}", headers={"Accept-Language": language, **headers})
    with urlopen(request, timeout=60) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read().decode()


def test_nginx_keeps_a_page_for_a_second_and_asks_whether_it_is_still_so(tmp_path: Path):
    need("nginx")
    with Server(tmp_path, PAGE_CACHE_CDN_SECONDS="1") as server:
        server.run(MAKE_POST)
        nginx = Nginx(tmp_path, server)
        in_http, in_location = blocks("nginx")
        text = nginx.file.read_text().replace("http {", f"http {{ {in_http.replace('/var/cache/nginx', str(tmp_path))}")
        shown = "add_header X-Cache $upstream_cache_status always;"
        nginx.file.write_text(text.replace("location / {", f"location / {{ {in_location} {shown}"))
        with nginx:
            states = []

            def state() -> str:
                states.append(read(nginx.host, "/post/a-walk/")[0]["x-cache"])
                return states[-1]

            until(lambda: state() == "REVALIDATED", "nginx to ask")
            chinese = read(nginx.host, "/post/a-walk/", "zh-CN")[1]
            english = read(nginx.host, "/post/a-walk/")[1]
            say(server, "Seen soon.")
            until(lambda: "Seen soon." in read(nginx.host, "/post/a-walk/")[1], "the comment")
            until(lambda: "Seen soon." in read(nginx.host, "/post/a-walk/", "zh-CN")[1], "the comment in Chinese")

    assert states[0] == "MISS"
    assert "HIT" in states
    assert 'lang="zh-hans"' in chinese.lower()
    assert 'lang="en"' in english


class Varnish:
    def __init__(self, folder: Path, port: int, server: Server) -> None:
        self.folder, self.port = folder, port
        self.host = f"127.0.0.1:{port}"
        [text] = blocks("Varnish")
        text = text.replace('.host = "10.0.0.2"; .port = "8000"', f'.host = "127.0.0.1"; .port = "{server.port}"')
        (folder / "frodo.vcl").write_text(text.replace("10.0.0.2", "127.0.0.1"))

    def __enter__(self) -> "Varnish":
        command = [shutil.which("varnishd", path=SYSTEM_PATH), "-F", "-j", "none", "-n", str(self.folder / "v")]
        command += ["-a", self.host, "-f", str(self.folder / "frodo.vcl"), "-s", "malloc,32m"]
        with (self.folder / "varnish.log").open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self.answers, "Varnish to start", 60)
        return self

    def __exit__(self, *exception) -> None:
        self.process.terminate()
        self.process.wait()

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "varnish.log").read_text()
        try:
            return "ok" in read(self.host, "/healthz")[1]
        except OSError:
            return False


def read_stopped(server: Server, varnish: Varnish, path: str):
    """While the server stands still: whoever answers is Varnish."""
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        return read(varnish.host, path)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_varnish_answers_by_itself_until_it_is_told(tmp_path: Path):
    need("varnishd")
    port = free_port()
    settings = {"CDN": "http", "CDN_PURGE_URL": f"http://127.0.0.1:{port}/", "HTTP_CLIENT_ALLOW": "127.0.0.1/32"}
    with (
        Server(tmp_path, PAGE_CACHE_POLL_SECONDS="0.2", **settings) as server,
        Varnish(tmp_path, port, server) as varnish,
    ):
        server.run(MAKE_POST)
        until(
            lambda: not server.query("SELECT id FROM frodo_job WHERE type = 'purge_cdn'"), "the purge of the new post"
        )
        for path in ("/post/a-walk/", "/", "/archives/"):
            read(varnish.host, path)
        headers, kept = read_stopped(server, varnish, "/post/a-walk/")
        assert "A walk" in kept
        assert "surrogate-key" not in headers
        say(server, "Told.")
        until(lambda: "Told." in read(varnish.host, "/post/a-walk/")[1], "Varnish to be told")
        assert "A walk" in read_stopped(server, varnish, "/archives/")[1]  # which shows no comments, and was kept
