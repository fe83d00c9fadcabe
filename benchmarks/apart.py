"""A benchmark in a process of its own: each sets up Django, cores and limits as it likes."""

import multiprocessing
import signal
import sys
import traceback
from importlib import import_module

from benchmarks.table import Row

PATIENCE = 1200
"""Seconds that one of them may take."""


def run(name: str, function: str, quick: bool):
    """What the function of that module returned; where it failed, one row that says why."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(name, function, quick, its))
    process.start()
    its.close()
    try:
        result = ours.recv() if ours.poll(PATIENCE) else f"It took more than {PATIENCE} s."
    except EOFError:
        result = "It ended without a word."
    process.join(10)
    if process.is_alive():
        process.terminate()
        process.join(40)
    return [Row(name, "failed", note=result)] if isinstance(result, str) else result


def work(name: str, function: str, quick: bool, answer) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers it started are stopped, too
    try:
        answer.send(getattr(import_module(f"benchmarks.{name}"), function)(quick))
    except Exception as error:
        traceback.print_exc()
        answer.send(f"{type(error).__name__}: {str(error).strip()[-300:]}")
