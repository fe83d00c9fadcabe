"""New connections to MariaDB per request, when the server has run for a while.

python -m benchmarks connections
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mariadb import Missing, mariadb, n_connections
from benchmarks.serving import UVICORN, ask, environment, manage, running
from benchmarks.table import Row
from benchmarks.uncached import SEED

WHAT, GOAL = "new MariaDB connections per request", "0.02 or less"


def rows(quick: bool = False) -> list[Row]:
    n = 200 if quick else 500
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with mariadb(folder) as url:
                env = environment(folder, DATABASE_URL=url)
                manage(env, "migrate", "--verbosity", "0")
                manage(env, "shell", "--verbosity", "0", "--command", SEED)
                ours = per_request(env, "ours", url, n)
                stock = per_request(env | {"ORM_THREADS": "0"}, "stock", url, n)
        except Missing as reason:
            return [Row(WHAT, "skipped", goal=GOAL, note=f"Skipped: {reason}.")]
    return [
        Row(
            WHAT,
            f"{ours:.3f}",
            "Django's own handler",
            f"{stock:.3f}",
            "",
            GOAL,
            ours <= 0.02,
            f"{n} uncached post pages over sixteen connections, after as many to warm up; the server's own counter.",
        )
    ]


def per_request(env: dict[str, str], site: str, url: str, n: int) -> float:
    with running(env, *UVICORN, "--port", "PORT", f"benchmarks.sites:{site}") as server:
        asyncio.run(ask(server.port, "/post/a-walk/", n, 16))
        before = n_connections(url)
        asyncio.run(ask(server.port, "/post/a-walk/", n, 16))
        return (n_connections(url) - before - 1) / n


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
