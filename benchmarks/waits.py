"""Four independent waits for the database, gathered in one view, against one of them.

python -m benchmarks waits
"""

import asyncio
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.serving import UVICORN, Server, ask, environment, running
from benchmarks.table import Row


def rows(quick: bool = False) -> list[Row]:
    n = 5 if quick else 15
    with TemporaryDirectory() as folder:
        env = environment(Path(folder))
        stock_env = env | {"ORM_THREADS": "0"}
        with (
            running(env, *UVICORN, "--port", "PORT", "benchmarks.sites:ours") as ours,
            running(stock_env, *UVICORN, "--port", "PORT", "benchmarks.sites:stock") as stock,
        ):
            figures = [(seconds(ours, 4), seconds(ours, 1), seconds(stock, 4)) for _ in range(n + 1)][1:]
    four, one, stock_four = (median(column) for column in zip(*figures, strict=True))
    ratio = median(figure[0] / figure[1] for figure in figures)
    return [
        Row(
            "four ORM waits of 0.1 s gathered in one view",
            f"{four * 1000:.0f} ms",
            "one of them",
            f"{one * 1000:.0f} ms",
            f"{ratio:.2f}",
            "1.3 or less",
            ratio <= 1.3,
            f"Whole requests, {n} of each in turn. The same view on Django's own handler: {stock_four * 1000:.0f} ms.",
        )
    ]


def seconds(server: Server, n: int) -> float:
    return asyncio.run(ask(server.port, f"/waits/{n}/", 1, 1))[0]


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
