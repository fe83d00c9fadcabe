"""A Redis of the test's own, which it may stop and start."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.server import free_port, until


class Redis:
    def __init__(self, folder: Path, *options: str) -> None:
        if not shutil.which("redis-server"):
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no redis-server.")
        self.folder, self.options = folder, options or ("--save", "", "--appendonly", "no")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Redis":
        return self.start()

    def __exit__(self, *exception) -> None:
        self.stop()

    def start(self) -> "Redis":
        self.process = subprocess.Popen(
            ["redis-server", *self.options, "--port", str(self.port), "--bind", "127.0.0.1"],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        until(self.answers, "Redis to start")
        return self

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(10).startswith(b"+PONG")
        except OSError:
            return False

    def freeze(self) -> None:
        """It says nothing any more, and does not hang up either."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
