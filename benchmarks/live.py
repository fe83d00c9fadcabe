"""Open pages of one post, one process: how fast a comment reaches them all, what they weigh, and how long it takes.

python -m benchmarks live
"""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from shutil import which
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.serving import OURS, UVICORN, Server, environment, manage, running
from benchmarks.sockets import Pages, pages, room_for
from benchmarks.table import Row

MANY, SOME = 5000, 1000
LIMITS = ("API_WRITE_RATE", "COMMENT_RATE", "COMMENT_RATE_NETWORK", "COMMENT_RATE_ALL")
UNLIMITED = {"SPAM_WAVE_RATE": "", **dict.fromkeys(LIMITS, "1000000/s")}
"""One client writes all comments: what is measured is not the defence against that."""
SERVER_CORE, CLIENT_CORE = "0", "1"
SEED = """
from tests.factories import make_post
print(make_post(title="A walk").pk)
"""
WORDS = "Not all those who wander are lost; deep roots are not reached by the frost. " * 6
"""With its name, times and markup it makes an event of about a kilobyte."""


def rows(quick: bool = False) -> list[Row]:
    n_rounds, n_comments = (5, 40) if quick else (15, 200)
    with TemporaryDirectory() as name, ExitStack() as stack:
        env = environment(Path(name), **UNLIMITED)
        n_many, n_some = room_for(MANY), room_for(SOME)
        manage(env, "migrate", "--verbosity", "0")
        key = manage(env, "shell", "--verbosity", "0", "--command", SEED)
        path = f"/ws/posts/{key}/?since=0"
        ours = stack.enter_context(running(env, *OURS, "--port", "PORT", "frodo.asgi:application"))
        raw = stack.enter_context(running(env, *UVICORN, "--port", "PORT", "benchmarks.raw_sockets:application"))
        pin(ours, raw)

        with pages(raw.port, "/", 20) as few:
            frame = b""
            with pages(ours.port, path, 20) as opened:
                say(ours, opened, 0)  # everything is imported, the threads have started
                frame = next(iter(opened.seen.values()))[4:]
            say_raw(raw, few, frame)
            empty = memory_of(ours), memory_of(raw)
        with (
            pages(ours.port, path.replace("?since=0", ""), n_many) as our_pages,
            pages(raw.port, "/", n_many) as theirs,
        ):
            full = memory_of(ours), memory_of(raw)
            rounds = [one_round(ours, our_pages, raw, theirs, frame, n) for n in range(1, n_rounds + 1)]
        with (
            pages(ours.port, path.replace("?since=0", ""), n_some) as our_pages,
            pages(raw.port, "/", n_some) as theirs,
        ):
            waits = [one_round(ours, our_pages, raw, theirs, frame, n_rounds + n) for n in range(1, n_comments + 1)]
    return [fan_out(rounds, n_many, len(frame)), memory(empty, full, n_many), latency(waits, n_some)]


def one_round(ours: Server, our_pages: Pages, raw: Server, theirs: Pages, frame: bytes, n: int) -> tuple[dict, dict]:
    """Now this one first, now that one."""
    if n % 2:
        return say(ours, our_pages, n), say_raw(raw, theirs, frame)
    baseline = say_raw(raw, theirs, frame)
    return say(ours, our_pages, n), baseline


def fan_out(rounds: list, n: int, size: int) -> Row:
    ratio = median(a["last"] / b["last"] for a, b in rounds)
    ours, theirs = (median(x["last"] for x in column) * 1000 for column in zip(*rounds, strict=True))
    spread = [median((x["last"] - x["first"]) * 1000 for x in column) for column in zip(*rounds, strict=True)]
    before = median(x["first"] for x, _ in rounds) * 1000
    lost = sum(x["lost"] for x, _ in rounds)
    return Row(
        f"one comment to {n:,} open pages, until the last one has it",
        f"{ours:.0f} ms, {lost} lost",
        "raw uvicorn websockets in a loop",
        f"{theirs:.0f} ms",
        f"{ratio:.2f}",
        "1.15 or less, 0 lost",
        ratio <= 1.15 and lost == 0,
        f"From the POST of the comment, so ours includes {before:.0f} ms until the first page has it, in which the "
        f"comment is checked, rendered and written; from the first page to the last {spread[0]:.0f} ms against "
        f"{spread[1]:.0f} ms, {spread[0] / spread[1]:.2f}. Frames of {size} bytes, servers on one core, one client "
        f"on another, in turn, {len(rounds)} rounds"
        + ("" if n == MANY else f"; fewer than {MANY:,} sockets, because no more files may be open here")
        + ".",
    )


def memory(empty: tuple, full: tuple, n: int) -> Row:
    ours, theirs = ((after - before) / n / 1024 for before, after in zip(empty, full, strict=True))
    return Row(
        "memory per open page",
        f"{ours:.1f} KB",
        "raw uvicorn websocket",
        f"{theirs:.1f} KB",
        f"{ours / theirs:.2f}",
        "1.2 or less",
        ours / theirs <= 1.2,
        f"Growth of the server's resident memory from none to {n:,} open pages, divided by them, after a few pages "
        "had been opened, told of a comment and closed.",
    )


def latency(rounds: list, n: int) -> Row:
    waits, raw = zip(*rounds, strict=True)
    lasts, raw_lasts = ([wait["last"] * 1000 for wait in column] for column in (waits, raw))
    p99, raw_p99 = (quantiles(column, n=100)[98] for column in (lasts, raw_lasts))
    lost = sum(wait["lost"] for wait in waits)
    answered = median(wait["answer"] for wait in waits) * 1000
    return Row(
        f"comment posted to had by another page, {n:,} open",
        f"p50 {median(lasts):.0f} ms, p99 {p99:.0f} ms",
        "raw uvicorn websockets in a loop",
        f"p50 {median(raw_lasts):.0f} ms, p99 {raw_p99:.0f} ms",
        goal="p99 under 100 ms on an idle machine",
        met=lost == 0 and (p99 < 100 or (is_busy() and "machine not idle")),
        note=f"{len(waits)} comments, one after the other; from the first byte of the POST until the slowest of all "
        f"{n:,} pages has the frame, so it bounds what is asked from above but for the browser's own drawing. The "
        f"writer had the 201 after {answered:.0f} ms (median). {lost} lost. The raw server in the "
        "same minutes shows how idle the machine was.",
    )


def is_busy() -> bool:
    """Others have been at work on this machine; our own two processes, one at a time, make a load of about one."""
    return os.getloadavg()[0] > len(os.sched_getaffinity(0))


def say(server: Server, opened: Pages, n: int) -> dict:
    body = json.dumps({"text": f"{WORDS}\n\nNumber {n}x", "name": "Bob"}).encode()
    mark = f"Number {n}x".encode()
    return post(server, opened, "/api/posts/a-walk/comments/", body, mark)


def say_raw(server: Server, opened: Pages, frame: bytes) -> dict:
    return post(server, opened, "/", frame, frame[-20:])


def post(server: Server, opened: Pages, path: str, body: bytes, mark: bytes) -> dict:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), 10) as ask:
        return opened.time_of(ask, head.encode() + body, mark)


def memory_of(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def pin(*servers: Server) -> None:
    """Servers on one core, this client on another, where there are two."""
    if which("taskset") and len(os.sched_getaffinity(0)) > 1:
        for server in servers:
            subprocess.run(["taskset", "-acp", SERVER_CORE, str(server.process.pid)], check=True, capture_output=True)
        subprocess.run(["taskset", "-acp", CLIENT_CORE, str(os.getpid())], check=True, capture_output=True)


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
