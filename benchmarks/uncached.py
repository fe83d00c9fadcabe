"""An uncached post page with 20 comments, one worker: ours, and a plain sync view of the same queries.

python -m benchmarks uncached
"""

import os
import re
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import serving
from benchmarks.serving import GUNICORN, UVICORN, environment, manage, measure, running
from benchmarks.table import Row

SEED = """
from tests.factories import make_comment, make_page, make_post, make_topic
topic = make_topic()
make_page()
post = make_post(title="A walk", tags=("tea", "river"), topic=topic, text="We *walked* along the river.\\n\\n" * 20)
for i in range(6):
    make_post(title=f"Other {i}", tags=("tea",), topic=topic, topic_order=i, days_ago=i + 2)
for i in range(20):
    make_comment(post, text=f"Comment *{i}*, and a [link](https://example.org/).", name=f"Bob {i}")
"""
OURS, SYNC, THREADS, STOCK = "ours", "gunicorn sync", "gunicorn gthread", "our view on stock Django"
PATHS = {OURS: "/post/a-walk/", SYNC: "/plain/a-walk/", THREADS: "/plain/a-walk/", STOCK: "/post/a-walk/"}


def rows(quick: bool = False) -> list[Row]:
    n_rounds, n = (3, 150) if quick else (5, 200)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        env = environment(Path(folder))
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "shell", "--verbosity", "0", "--command", SEED)
        gunicorn = (*GUNICORN, "-b", "127.0.0.1:PORT")
        commands = {
            OURS: (env, *serving.OURS, "--port", "PORT", "benchmarks.sites:ours"),
            SYNC: (env, *gunicorn, "benchmarks.sites:wsgi"),
            THREADS: (env, *gunicorn, "--threads", "4", "-k", "gthread", "benchmarks.sites:wsgi"),
            STOCK: (env | {"ORM_THREADS": "0"}, *UVICORN, "--port", "PORT", "benchmarks.sites:stock"),
        }
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {max(cores)})  # each server has one core, as one worker of several would
        servers = {name: stack.enter_context(running(*command)) for name, command in commands.items()}
        os.sched_setaffinity(0, cores - {max(cores)} or cores)
        pages = {name: text_of(servers[name].port, PATHS[name]) for name in (OURS, SYNC)}
        assert pages[OURS] == pages[SYNC], "The plain view shows another page."
        figures = {name: [] for name in servers}
        for _round in range(n_rounds):
            for name, server in servers.items():
                figures[name].append(measure(server, PATHS[name], n=n)[0])
    medians = {name: median(values) for name, values in figures.items()}
    best = max((SYNC, THREADS), key=medians.get)
    ratio = median(ours / theirs for ours, theirs in zip(figures[OURS], figures[best], strict=True))
    return [
        Row(
            "uncached post page with 20 comments, requests per CPU-second",
            f"{medians[OURS]:,.0f}",
            f"plain sync view, {best}",
            f"{medians[best]:,.0f}",
            f"{ratio:.2f}",
            "1.0 or more",
            ratio >= 1,
            f"One worker each, on one core, no page cache, SQLite, eight connections, {n_rounds} rounds of {n} "
            "requests in turn. The plain view asks the same queries and sends the same page, which is checked. "
            "The faster kind of gunicorn's workers counts: "
            + ", ".join(f"{name} {medians[name]:,.0f}" for name in (SYNC, THREADS, STOCK))
            + ".",
        )
    ]


def text_of(port: int, path: str) -> str:
    """The page, without what differs by address."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost"})
    text = connection.getresponse().read().decode()
    connection.close()
    return re.sub(r"\s+", " ", text.replace("/plain/", "/post/").replace(' aria-current="true"', ""))


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
