"""Packages of npm that tests use, installed from tests/package-lock.json when they are asked for first."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).resolve().parent
MODULES = FOLDER / "node_modules"
LOCK = FOLDER / "package-lock.json"
STAMP = MODULES / "installed-lock.json"


def package(name: str, path: str) -> Path:
    """A file of an installed package. The test is skipped where npm is missing, unless this is CI."""
    if shutil.which("npm") is None:
        skip("npm is not installed.")
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers may ask at once
        if not STAMP.exists() or STAMP.read_bytes() != LOCK.read_bytes():
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300)
            if done.returncode:
                skip(f"npm could not install the packages: {done.stderr[-1000:]}")
            shutil.copyfile(LOCK, STAMP)
    return MODULES / name / path


def skip(reason: str) -> NoReturn:
    """Skip the test for what is not installed; in CI everything is, so there it fails."""
    say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    say(reason)
