"""Whoever starts the site as we say, by `make run` or by systemd, has an end to waiting for clients."""

import os
import re
import shlex
import socket
import subprocess
import sys

import pytest

from tests.server import ROOT, free_port, until


def as_systemd(port: int) -> list[str]:
    unit = (ROOT / "deploy" / "frodo.service").read_text().replace("\\\n", " ")
    command = shlex.split(re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)[1])
    command[command.index("--port") + 1] = str(port)
    return [sys.executable, "-m", "uvicorn", *command[1:]]


def as_make_run(port: int) -> list[str]:
    return [sys.executable, "deploy/serve.py", "127.0.0.1", str(port)]


@pytest.mark.parametrize("command", [as_systemd, as_make_run])
def test_half_a_request_has_an_end(tmp_path, command):
    port = free_port()
    environment = {"DATA_DIR": str(tmp_path), "DEBUG": "true", "CLIENT_SECONDS": "1", "PYTHONPATH": str(ROOT)}
    environment |= {"DJANGO_SETTINGS_MODULE": "frodo.settings", "DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3"}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            command(port), cwd=ROOT, env=os.environ | environment | {"REDIS_URL": ""}, stdout=log, stderr=log
        )
    try:

        def connected() -> socket.socket | None:
            assert server.poll() is None, (tmp_path / "log").read_text()
            try:
                return socket.create_connection(("127.0.0.1", port), 60)
            except ConnectionRefusedError:
                return None

        with until(connected, "the server to start", 60) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: local")
            assert line.recv(100).startswith(b"HTTP/1.1 408 ")
    finally:
        server.kill()
        server.wait()
