"""A list of 50 posts to JSON against DRF: the figures of benchmarks/async_model.py as a row of the table.

python -m benchmarks post_list
"""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.table import Row

OURS, DRF = "AsyncModel, bare queryset", "DRF ModelSerializer, loaded"


def rows(quick: bool = False) -> list[Row]:
    command = [sys.executable, str(Path(__file__).with_name("async_model.py")), "--json"]
    rounds = 7 if quick else 15
    done = subprocess.run([*command, "--rounds", str(rounds)], capture_output=True, text=True, check=True)
    figures = {(figure["contestant"], figure["posts"]): figure for figure in json.loads(done.stdout)}
    ours, drf = figures[OURS, 50], figures[DRF, 50]
    is_constant = ours["queries"] == figures[OURS, 500]["queries"]
    others = [
        f"{name} {figure['cpu_ms']:.1f} ms in {figure['queries']} queries"
        for (name, n), figure in figures.items()
        if n == 50 and name not in (OURS, DRF)
    ]
    return [
        Row(
            "list of 50 posts with author, tags and counts to JSON, CPU",
            f"{ours['cpu_ms']:.1f} ms",
            "DRF ModelSerializer, prefetched",
            f"{drf['cpu_ms']:.1f} ms",
            f"{ours['time_ratio']:.2f}",
            "0.5 or less, queries constant",
            ours["time_ratio"] <= 0.5 and is_constant,
            f"One process, the same dictionaries from all, {rounds} rounds in turn. {ours['queries']} queries for 50 "
            f"posts and {figures[OURS, 500]['queries']} for 500; DRF {drf['queries']}. Others: {'; '.join(others)}.",
        )
    ]


if __name__ == "__main__":
    for row in rows("--quick" in sys.argv):
        print(row)
