"""The benchmarks whose baseline does what we do: it must not fall behind a change of ours."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.quality


@pytest.mark.parametrize("name", ["uncached", "comments", "api"])
def test_a_comparison_runs(name):
    command = [sys.executable, "-m", "benchmarks", "--quick", "--no-write", name]

    # The exit code also tells that a goal was missed, which depends on the machine.
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "# What `make bench` measured" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert "| failed" not in done.stdout
