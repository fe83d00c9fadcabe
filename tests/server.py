"""The real thing: uvicorn in a process of its own, with a database of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.databases import ROOT, create_tables, database, name_of, query

T = TypeVar("T")


def until(look: Callable[[], T], what: str = "the condition", seconds: float = 60) -> T:
    """Wait for something to become true, and return it."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"Waited {seconds} s for {what}.")
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server(folder) as server:`; `server.kill()` and `server.start()` in between, on the same port."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder = folder
        self.options = options
        self.port = free_port()
        self.url = f"http://{self.host}:{self.port}"
        self.log = folder / "server.log"
        self.process: subprocess.Popen | None = None
        self.shell: subprocess.Popen | None = None
        self.shell_environment: dict[str, str] = {}
        self.pass_fds: tuple[int, ...] = ()
        """Of sockets that it inherits, as from systemd."""
        self.things = ExitStack()
        self.asked = environment
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "frodo.settings",  # those of tests give each process a REDIS_PREFIX of its own
            "DEBUG": "false",
            "SECRET_KEY": "a key for tests, long enough to be taken",
            "MEDIA_ROOT": str(folder / "media"),
            "SEARCH_DIR": str(folder / "search"),
            "REDIS_PREFIX": f"frodo-test-{name_of(folder)}",
            "API_WRITE_RATE": "10000/s",
            "COMMENT_RATE": "10000/s",
            "SIGN_IN_RATE": "10000/s",
            "SIGN_IN_ACCOUNT_RATE": "10000/s",
            "COMMENT_RATE_NETWORK": "10000/s",
            "COMMENT_RATE_ALL": "10000/s",
            "SPAM_WAVE_RATE": "",
            "COMMENT_MIN_SECONDS": "0",  # a test's browser is quick
            "ORM_THREADS": "8",
            "PYTHONUNBUFFERED": "1",
            **({"SITE_URL": self.url} if "EMAIL_URL" in environment else {}),  # no link is mailed without it
            **environment,
        }

    def __enter__(self) -> "Server":
        if "DATABASE_URL" not in self.asked:
            self.environment["DATABASE_URL"] = self.things.enter_context(database(self.folder))
        create_tables(self.environment)
        return self.start()

    def __exit__(self, *exception) -> None:
        self.kill()
        self.things.close()

    def manage(self, *arguments: str) -> str:
        """Run a management command on the server's database, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, code: str) -> str:
        """Run Python with the models at hand on the server's database, and return what it printed."""
        if self.shell is None or self.shell_environment != self.environment:
            self.end_shell()
            self.shell_environment = dict(self.environment)
            self.shell = subprocess.Popen(
                [sys.executable, "-m", "tests.shell"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self.shell.stdin.write(json.dumps(code) + "\n")
        self.shell.stdin.flush()
        line = self.shell.stdout.readline()
        assert line, "The shell has ended."
        done = json.loads(line)
        assert done["status"] == 0, done["stderr"]
        return done["stdout"].strip()

    def end_shell(self) -> None:
        if self.shell is not None:
            self.shell.stdin.close()
            self.shell.wait()
            self.shell.stdout.close()
            self.shell = None

    def query(self, sql: str) -> list[tuple]:
        return query(self.environment["DATABASE_URL"], sql)

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "uvicorn",
                    "frodo.asgi:application",
                    "--host",
                    self.host,
                    "--port",
                    str(self.port),
                    "--http",
                    "frodo.protocols:Http",
                    "--ws",
                    "frodo.protocols:WebSocket",
                    "--no-access-log",
                    "--ws-per-message-deflate",
                    "false",
                    "--no-proxy-headers",
                    *self.options,
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                pass_fds=self.pass_fds,
                start_new_session=True,  # so that its workers can be killed with it
            )
        until(self.answers, f"the server to start, see {self.log.read_text()[-2000:]}", 60)
        return self

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            return self.ask("/healthz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # it has ended
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        self.end_shell()

    def ask(self, path: str, data: dict | None = None, **headers: str) -> tuple[int, object]:
        """GET, or POST `data` as JSON; the status and the answer, as JSON where it is."""
        body = None if data is None else json.dumps(data).encode()
        request = Request(self.url + path, body, {"Content-Type": "application/json", **headers})
        try:
            with urlopen(request, timeout=60) as response:
                status, said, kind = response.status, response.read(), response.headers.get_content_type()
        except HTTPError as error:
            with error:
                status, said, kind = error.code, error.read(), error.headers.get_content_type()
        return status, json.loads(said) if kind == "application/json" else said.decode()
