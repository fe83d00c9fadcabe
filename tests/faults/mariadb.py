"""A MariaDB of the test's own, which it may stop and start."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.databases import connect, tell
from tests.server import free_port, until


class MariaDB:
    def __init__(self, folder: Path) -> None:
        if not shutil.which("mariadbd"):
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no mariadbd.")
        self.folder = folder
        self.port = free_port()
        self.url = f"mysql://root@127.0.0.1:{self.port}/frodo"
        self.log = folder / "mariadb.log"
        # One of its own: whoever starts removes what it takes for leftovers in it, and be they another's.
        self.temporary = folder / "mariadb-temporary"
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "MariaDB":
        self.temporary.mkdir()
        made = subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={self.folder / 'mariadb'}",
                f"--tmpdir={self.temporary}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                *self.as_root(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        self.start()
        tell(self.url, "CREATE DATABASE frodo CHARACTER SET utf8mb4")
        return self

    def __exit__(self, *exception) -> None:
        self.kill()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    "mariadbd",
                    "--no-defaults",
                    f"--datadir={self.folder / 'mariadb'}",
                    f"--tmpdir={self.temporary}",
                    # A socket's path may be no longer than 107 bytes, and pytest's folders are long.
                    f"--socket=/tmp/frodo-test-{self.port}.sock",
                    f"--port={self.port}",
                    "--bind-address=127.0.0.1",
                    "--skip-name-resolve",
                    "--innodb-buffer-pool-size=32M",
                    *self.as_root(),
                ],
                stdout=log,
                stderr=log,
            )
        until(self.answers, "MariaDB to start", 60)

    def as_root(self) -> list[str]:
        return ["--user=root"] if os.geteuid() == 0 else []

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            connect(self.url).close()
        except Exception:  # the driver's own
            return False
        return True

    def freeze(self) -> None:
        """It says nothing any more, and does not hang up either."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
