"""`make bench`: each of our figures beside its baseline, in one run, as one table; written to RESULTS.md.

    python -m benchmarks [--quick] [--no-write] [names]

With names (`page_cache waits uncached connections post_list api comments live storm weight long_thread restart growth`)
only those are run, and nothing is written. Each runs in a process of its own, one after the other.
"""

import argparse
import datetime
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.apart import run
from benchmarks.table import HEAD, Row, markdown

MODULES = [
    *("page_cache", "waits", "uncached", "connections", "post_list", "api", "comments"),
    *("live", "storm", "weight", "long_thread", "restart", "search"),
]
GROWTH = "growth"
RESULTS = Path(__file__).with_name("RESULTS.md")
FINDINGS = Path(__file__).with_name("findings.md")
PACKAGES = ("django", "asgiref", "channels", "uvicorn", "uvloop", "websockets", "gunicorn", "djangorestframework")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help="only these")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    options = parser.parse_args()
    for name in options.names:
        if name not in (*MODULES, GROWTH):
            parser.error(f"no such benchmark: {name}. There are {', '.join((*MODULES, GROWTH))}.")
    began, machine = time.monotonic(), machine_now()
    rows: list[Row] = []
    for name in [name for name in MODULES if name in (options.names or MODULES)]:
        say(name)
        rows += run(name, "rows", options.quick)
    cost = None
    if GROWTH in (options.names or [GROWTH]):
        say(GROWTH)
        cost = run(GROWTH, "cost", options.quick)
    say(f"{time.monotonic() - began:.0f} s\n")
    report = written(rows, cost, machine, options.quick)
    print(report)
    if not options.names and not options.no_write:
        RESULTS.write_text(report)
    return int(any(row.met is False or row.ours == "failed" for row in rows))


def machine_now() -> str:
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{len(os.sched_getaffinity(0))} cores ({processor()}), {platform.system()} {platform.machine()}, "
        f"load before the run {load}. {platform.python_implementation()} {platform.python_version()}, {packages}."
    )


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def written(rows: list[Row], cost: list | None, machine: str, quick: bool) -> str:
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [
        "# What `make bench` measured",
        f"{today}{', with --quick' if quick else ''}. {machine}",
    ]
    if rows:
        parts += [
            markdown(HEAD, [row.cells() for row in rows]),
            "Ratios are ours to the baseline, measured in turn in the same run; absolute figures depend on the "
            'machine. "Per CPU-second" is per second of processor time of the server, whatever else the machine did.',
            "## How each is measured",
            "\n".join(f"- **{row.what}**: {row.note}" for row in rows),
        ]
    if isinstance(cost, list) and cost and isinstance(cost[0], Row):
        parts += ["## How cost grows", f"Failed: {cost[0].note}"]
    elif cost is not None:
        parts += ["## How cost grows", cost["note"], markdown(cost["head"], cost["lines"])]
    if rows and FINDINGS.exists():
        parts.append(FINDINGS.read_text().strip())
    return "\n\n".join(parts) + "\n"


def say(text: str) -> None:
    print(f"... {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
