"""Comments written over eight connections: ours, and a plain sync view that writes the same rows, on both databases.

python -m benchmarks comments
"""

import json
import sys
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks import serving
from benchmarks.mariadb import Missing, mariadb
from benchmarks.serving import GUNICORN, environment, manage, running
from benchmarks.table import Row

CONNECTIONS = 8
GOAL_P99 = 150
WARM_UP = 2
"""Seconds that are not counted: threads and connections are opened with the first comments."""
WORDS = "Not all those who wander are lost. " * 8
SEED = "from tests.factories import make_post; make_post(title='A walk')"
UNLIMITED = {
    **dict.fromkeys(("COMMENT_RATE", "COMMENT_RATE_NETWORK", "COMMENT_RATE_ALL", "API_WRITE_RATE"), "1000000/m"),
    "SPAM_WAVE_RATE": "",
}


def rows(quick: bool = False) -> list[Row]:
    found = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        found += compared("SQLite", folder / "sqlite", quick)
        try:
            with mariadb(folder) as url:
                found += compared("MariaDB", folder / "site", quick, DATABASE_URL=url)
        except Missing as missing:
            found.append(Row("comments written a second, MariaDB", "skipped", note=f"{missing}."))
    return found


def compared(database: str, folder: Path, quick: bool, **more: str) -> list[Row]:
    folder.mkdir(exist_ok=True)
    env = environment(folder, **UNLIMITED, **more)
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "shell", "--verbosity", "0", "--command", SEED)
    seconds = 4 if quick else 10
    with ExitStack() as stack:
        ours = stack.enter_context(running(env, *serving.OURS, "--port", "PORT", "frodo.asgi:application"))
        plain = stack.enter_context(running(env, *GUNICORN, "-b", "127.0.0.1:PORT", "benchmarks.sites:wsgi"))
        places = (ours.port, "/api/posts/a-walk/comments/"), (plain.port, "/plain/a-walk/comments/")
        for place in places:
            write(*place, WARM_UP)
        (rate, p50, p99), (plain_rate, plain_p50, plain_p99) = (write(*place, seconds) for place in places)
    ratio = rate / plain_rate
    return [
        Row(
            f"comments written a second, {CONNECTIONS} connections, {database}",
            f"{rate:.0f} (p50 {p50:.0f} ms, p99 {p99:.0f} ms)",
            "plain sync view, gunicorn sync",
            f"{plain_rate:.0f} (p50 {plain_p50:.0f} ms, p99 {plain_p99:.0f} ms)",
            f"{ratio:.2f}",
            f"0.7; p99 below {GOAL_P99} ms",
            ratio >= 0.7 and p99 < GOAL_P99,
            f"One process each, {seconds} s after {WARM_UP} to warm up, by the API. The plain view renders the comment "
            "and writes the row, the event and the counters in one transaction; it has no limits, rules, filter, mail "
            "or live events.",
        )
    ]


def write(port: int, path: str, seconds: float) -> tuple[float, float, float]:
    """Comments accepted a second, and the median and the 99th percentile of their times in milliseconds."""
    took: list[float] = []
    began = time.time()
    start = threading.Barrier(CONNECTIONS)
    refused: list[bytes] = []

    def work(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        start.wait()
        ends, n = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            n += 1
            body = json.dumps({"text": f"Number {number} {n} at {began}. {WORDS}", "name": f"Bob {number}"})
            before = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "application/json", "Host": "localhost"})
            response = connection.getresponse()
            answer = response.read()
            took.append(time.perf_counter() - before)
            if response.status != 201:
                refused.append(answer)
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused, refused[0][:300]
    centiles = quantiles(took, n=100)
    return len(took) / seconds, centiles[49] * 1000, centiles[98] * 1000


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
