"""A cached post page against raw uvicorn sending the same bytes: requests per second of the server's CPU.

    python -m benchmarks page_cache

One run starts both servers on one core and asks them in turn, with wrk, or our own client, on another core.
"""

import os
import pickle
import statistics
import subprocess
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from shutil import which

from benchmarks.asking import ask_for
from benchmarks.table import Row
from tests.server import Server, free_port, until

SERVER_CORE, CLIENT_CORE = "0", "1"
POST = "/post/everything-on-one-page/"
SECONDS = 2
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7,zh-CN;q=0.3",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Cookie": "visitor=eyJpZCI6ImEiLCJuYW1lIjoiQm9iIn0:1s2Mx0:k3Vq1n0yQm7; django_language=en",
}
QUIETLY = ["--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
TICKS = os.sysconf("SC_CLK_TCK")

RAW = """
import pickle, sys
status, headers, body = pickle.load(open({path!r}, "rb"))
start = {{"type": "http.response.start", "status": status, "headers": headers}}
whole = {{"type": "http.response.body", "body": body}}

async def application(scope, receive, send):
    await send(start)
    await send(whole)
"""


def rows(quick: bool = False) -> list[Row]:
    rounds = measured(3 if quick else 9)
    ours, theirs = (statistics.median(figures) for figures in zip(*rounds, strict=True))
    ratios = [a / b for a, b in rounds]
    ratio = statistics.median(ratios)
    return [
        Row(
            "cached post page, requests per CPU-second",
            f"{ours:,.0f}",
            "raw uvicorn, same bytes",
            f"{theirs:,.0f}",
            f"{ratio:.2f}",
            "0.9 or more",
            ratio >= 0.9,
            f"Both servers on one core, {'wrk' if which('wrk') else 'our own client'} on another, in turn, "
            f"{len(rounds)} rounds of {SECONDS} s each; the median of the rounds' ratios ({min(ratios):.2f} to "
            f"{max(ratios):.2f}). The application of the raw server "
            "sends the very headers and bytes that ours sent.",
        )
    ]


def measured(rounds: int) -> list[tuple[float, float]]:
    """Ours and raw uvicorn, in each round."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # No job changes the page between two rounds.
        environment = {"DEBUG": "false", "PAGE_CACHE_MB": "64", "ALLOWED_HOSTS": "127.0.0.1", "JOBS_IN_SERVER": "false"}
        with Server(folder, **environment) as site:
            site.manage("createauthor", "ann")
            site.manage("demo_content")
            until(lambda: site.ask(POST)[0] == 200, "the demo posts")
            status, headers, body = fetch(site.port)
            raw_port = free_port()
            raw = start_raw(folder, raw_port, status, headers, body)
            try:
                until(lambda: answers(raw_port), "raw uvicorn")
                assert fetch(raw_port)[2] == body
                for pid in (site.process.pid, raw.pid):
                    pin(pid)
                servers = (site.port, site.process.pid), (raw_port, raw.pid)
                return [tuple(load(*server) for server in servers) for _ in range(rounds)]
            finally:
                raw.terminate()
                raw.wait()


def pin(pid: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {int(SERVER_CORE)})


def load(port: int, pid: int) -> float:
    before = cpu_seconds(pid)
    n_requests = (wrk if which("wrk") else own_client)(port)
    return n_requests / (cpu_seconds(pid) - before)


def own_client(port: int) -> int:
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    headers = "".join(f"{name}: {value}\r\n" for name, value in BROWSER.items())
    return ask_for(port, f"GET {POST} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode(), SECONDS)


def wrk(port: int) -> int:
    options = [argument for name, value in BROWSER.items() for argument in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        [
            "taskset",
            "-c",
            CLIENT_CORE,
            "wrk",
            "-t1",
            "-c16",
            f"-d{SECONDS}s",
            *options,
            f"http://127.0.0.1:{port}{POST}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Non-2xx" not in done.stdout, done.stdout
    return int(done.stdout.split(" requests in ")[0].split()[-1])


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def fetch(port: int) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", POST, headers=BROWSER)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    from_server = {"date", "server"}  # uvicorn writes these itself
    headers = [(k.encode(), v.encode("latin-1")) for k, v in response.getheaders() if k not in from_server]
    return response.status, headers, body


def start_raw(folder: Path, port: int, status: int, headers: list, body: bytes) -> subprocess.Popen:
    kept = folder / "answer.pickle"
    kept.write_bytes(pickle.dumps((status, headers, body)))
    (folder / "raw.py").write_text(RAW.format(path=str(kept)))
    return subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "raw:application", "--port", str(port), *QUIETLY],
        cwd=folder,
    )


def answers(port: int) -> bool:
    try:
        return fetch(port)[0] == 200
    except OSError:
        return False


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
