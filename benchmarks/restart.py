"""From `make run` to the first page, where everything is installed.

python -m benchmarks restart
"""

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.table import Row
from tests.operation.checkout import Checkout


def rows(quick: bool = False) -> list[Row]:
    n = 3 if quick else 5
    with TemporaryDirectory() as name:
        checkout = Checkout(Path(name))
        checkout.add_venv()
        checkout.mark_installed()
        with checkout.running() as first:
            pass
        times = []
        for _ in range(n):
            with checkout.running() as running:
                times.append(running.seconds)
    seconds = median(times)
    return [
        Row(
            "`make run` when installed, until the first page",
            f"{seconds:.2f} s",
            goal="3 s or less",
            met=seconds <= 3,
            note=f"A copy of this checkout with its own .venv, database and demo posts; {n} restarts ({min(times):.2f} "
            f"to {max(times):.2f} s), from the command to a whole front page. The first start, which makes the "
            f"database and collects the files, took {first.seconds:.1f} s.",
        )
    ]


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
