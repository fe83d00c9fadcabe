"""Servers to be measured: each in a process of its own, asked over loopback, its processor time counted."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")

UVICORN = ("-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--ws-per-message-deflate", "false")
OURS = (*UVICORN, "--http", "frodo.protocols:Http", "--ws", "frodo.protocols:WebSocket")
"""As `make run` and the systemd unit serve."""
GUNICORN = ("-m", "gunicorn", "--log-level", "warning", "--keep-alive", "60", "--worker-tmp-dir", "/dev/shm")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A site of its own in `folder`; on another database where DATABASE_URL says so."""
    return os.environ | {
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(folder),
        "DEBUG": "false",
        "SECRET_KEY": "a key for measurements, which protects nothing at all",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def manage(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Server:
    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process = process
        self.port = port

    def cpu(self) -> float:
        """Seconds of processor time so far, with its workers."""
        return sum(cpu_of(pid) for pid in (self.process.pid, *children_of(self.process.pid)))


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def running(env: dict[str, str], *command: str, stderr: IO[bytes] | None = None) -> Iterator[Server]:
    """`python <command>`, in which PORT stands for a free port, until it takes connections."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *(part.replace("PORT", str(port)) for part in command)], cwd=ROOT, env=env, stderr=stderr
    )
    try:
        while True:
            assert process.poll() is None, "The server did not start."
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


async def ask(port: int, path: str, n: int, connections: int) -> tuple[float, int]:
    """GET `path` n times over a few kept connections: seconds it took, and the size of one answer."""
    left = [n]
    begin = time.perf_counter()
    sizes = await asyncio.gather(*(one_client(port, path, left) for _ in range(connections)))
    return time.perf_counter() - begin, max(sizes)


async def one_client(port: int, path: str, left: list[int]) -> int:
    question = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,*/*\r\n\r\n".encode()
    reader = writer = None
    size = 0
    while left[0] > 0:
        left[0] -= 1
        if writer is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(question)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert b" 200 " in head[:20], head
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        size = length
        if b"connection: close" in head:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
    return size


def measure(server: Server, path: str, *, n: int, connections: int = 8) -> tuple[float, int]:
    """Requests per second of the server's processor, and the size of an answer. The first tenth warms up."""
    asyncio.run(ask(server.port, path, max(n // 10, connections), connections))
    before = server.cpu()
    _seconds, size = asyncio.run(ask(server.port, path, n, connections))
    return n / (server.cpu() - before), size
