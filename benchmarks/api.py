"""A list of 50 posts by the API, one worker: ours, and Django REST framework's ModelViewSet.

python -m benchmarks api
"""

import json
import os
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.serving import GUNICORN, OURS, UVICORN, environment, manage, measure, running
from benchmarks.table import Row

SEED = """
from tests.factories import make_post, make_topic
topics = [make_topic(f"Topic {i}") for i in range(5)]
for i in range(60):
    names = tuple(f"tag {(i + n) % 20}" for n in range(3))
    make_post(title=f"Walk {i}", tags=names, topic=topics[i % 5], text="We *walked*. " * 100, days_ago=i + 1)
"""
API, ASGI, SYNC = "ours", "ModelViewSet under uvicorn", "ModelViewSet under gunicorn"
N = 50
PATHS = {API: f"/api/posts/?expand=author,tags&limit={N}", ASGI: "/plain/posts/", SYNC: "/plain/posts/"}
UNLIMITED = {"API_READ_RATE": "1000000/s"}


def rows(quick: bool = False) -> list[Row]:
    n_rounds, n = (3, 80) if quick else (7, 150)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        env = environment(Path(folder), **UNLIMITED)
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "shell", "--verbosity", "0", "--command", SEED)
        commands = {
            API: (env, *OURS, "--port", "PORT", "benchmarks.api_sites:ours"),
            ASGI: (env | {"ORM_THREADS": "0"}, *UVICORN, "--port", "PORT", "benchmarks.api_sites:stock"),
            SYNC: (env, *GUNICORN, "-b", "127.0.0.1:PORT", "benchmarks.api_sites:wsgi"),
        }
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {max(cores)})
        servers = {name: stack.enter_context(running(*command)) for name, command in commands.items()}
        os.sched_setaffinity(0, cores - {max(cores)} or cores)
        said = {name: results(server.port, PATHS[name]) for name, server in servers.items()}
        assert said[API] == said[ASGI] == said[SYNC], "They say different things."
        assert len(said[API]) == N
        figures = {name: [] for name in servers}
        for _round in range(n_rounds):
            for name, server in servers.items():
                figures[name].append(measure(server, PATHS[name], n=n)[0])
    medians = {name: median(values) for name, values in figures.items()}
    ratios = {
        name: median(ours / theirs for ours, theirs in zip(figures[API], figures[name], strict=True))
        for name in (ASGI, SYNC)
    }
    return [
        Row(
            f"list of {N} posts by the API with author and tags, requests per CPU-second",
            f"{medians[API]:,.0f}",
            f"DRF {ASGI}",
            f"{medians[ASGI]:,.0f}",
            f"{ratios[ASGI]:.2f}",
            "2.0 or more",
            ratios[ASGI] >= 2,
            f"One worker each, on one core, SQLite, eight connections, {n_rounds} rounds of {n} requests in turn. "
            "Django's own ASGI handler with a sync ModelViewSet, select_related, prefetch_related, CursorPagination; "
            f"the same JSON, which is checked. Under gunicorn's sync worker: {medians[SYNC]:,.0f}, {ratios[SYNC]:.2f}.",
        )
    ]


def results(port: int, path: str) -> list[dict]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost"})
    found = json.loads(connection.getresponse().read())["results"]
    connection.close()
    return found


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
