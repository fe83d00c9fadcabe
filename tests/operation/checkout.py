"""A copy of this checkout to type `make run` in, installed without asking a package index."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy"))

import install

ROOT = install.ROOT
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", ".env", "data", "__pycache__", ".*_cache", "build")
PIP_THAT_FAILS = "import sys; print({says!r}); sys.exit({fails_on!r} in sys.stdin.read())"


Ended = subprocess.CompletedProcess


class Checkout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "frodo"
        shutil.copytree(ROOT, self.folder, ignore=NOT_COPIED)
        (self.folder / "data").mkdir()

    def add_venv(self) -> None:
        """A .venv that borrows the packages of the Python that runs this test."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.folder / ".venv"], check=True)
        (self.folder / ".venv" / f"installed-{install.SITE}").touch()  # by an earlier installation, of something else
        self.borrow("\n".join(path for path in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))))

    def borrow(self, paths: str) -> None:
        (self.packages / "borrowed.pth").write_text(paths)

    def add_pip(self, *, says: str, fails_on: str) -> None:
        """A pip that installs nothing: it says what it is told to, and fails when asked for a certain package."""
        (self.packages / "pip").mkdir()
        (self.packages / "pip" / "__init__.py").touch()
        (self.packages / "pip" / "__main__.py").write_text(PIP_THAT_FAILS.format(says=says, fails_on=fails_on))

    @property
    def packages(self) -> Path:
        return next((self.folder / ".venv" / "lib").glob("python3.*")) / "site-packages"

    def mark_installed(self) -> None:
        for name in (install.SITE, install.TOOLS):
            (self.folder / ".venv" / f"installed-{name}").write_text(install.fingerprint(name))

    def make(self, target: str = "run", *, as_user: int | None = None, **variables: object) -> Ended:
        """`make run` that is expected to end by itself."""
        return subprocess.run(
            ["make", target],
            cwd=self.folder,
            env=self.environment(variables),
            user=as_user,
            group=as_user,
            extra_groups=None if as_user is None else [],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def manage(self, *arguments: str, **variables: object) -> Ended:
        return subprocess.run(
            [".venv/bin/python", "manage.py", *arguments],
            cwd=self.folder,
            env=self.environment(variables),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    @contextmanager
    def running(self, *command: str, patience: int = 240, **variables: object) -> Iterator["Running"]:
        """`make run`, or another command that ends with a port, from its first page until Ctrl-C."""
        port = str(free_port())
        process = subprocess.Popen(
            [*command, port] if command else ["make", "run", f"PORT={port}"],
            cwd=self.folder,
            env=self.environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        running = Running(process, f"http://127.0.0.1:{port}/")
        try:
            running.seconds = wait_for(running.url, process, patience)
            yield running
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            running.said = process.communicate(timeout=30)[0]
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def environment(self, variables: dict[str, object]) -> dict[str, str]:
        python = Path(sys.executable).parent
        return {
            "PATH": f"{python}{os.pathsep}/usr/local/bin{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            **{name: str(value) for name, value in variables.items()},
        }


class Running:
    said = ""
    seconds = 0.0

    def __init__(self, process: subprocess.Popen, url: str) -> None:
        self.process = process
        self.url = url


def wait_for(url: str, process: subprocess.Popen, patience: int) -> float:
    started = time.monotonic()
    while time.monotonic() - started < patience:
        if process.poll() is not None:
            raise AssertionError(f"It stopped instead of serving:\n{process.stdout.read()}")
        try:
            get(url)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{url} answered {error.code}") from error
        except OSError:
            time.sleep(0.02)
        else:
            return time.monotonic() - started
    raise AssertionError(f"{url} did not answer within {patience} s")


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
