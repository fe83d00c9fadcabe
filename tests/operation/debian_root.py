"""A plain Debian root, made by debootstrap; needs root."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server import ROOT

DEBIAN = Path(os.environ.get("FRODO_DEBIAN_ROOT", "/var/tmp/frodo-debian-root"))
"""Made once, and copied by each test."""


def make_debian_root() -> None:
    """Make it if it is not there yet. Where that cannot be done the test is skipped."""
    if os.getuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("It needs root and debootstrap.")
    if DEBIAN.is_dir():
        return
    release = re.search(r"FROM debian:(\w+)-slim", (ROOT / "deploy/Containerfile").read_text())[1]
    unfinished = DEBIAN.with_name(f"{DEBIAN.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    subprocess.run(["debootstrap", "--variant=minbase", release, unfinished], check=True, capture_output=True)
    unfinished.rename(DEBIAN)


def copy_debian_root(folder: Path) -> None:
    subprocess.run(["cp", "--archive", "--reflink=auto", f"{DEBIAN}/.", folder], check=True)
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")


def pip_environment(folder: Path) -> list[str]:
    """`NAME=value` with which pip in the root reaches its index as on this machine."""
    if certificates := os.environ.get("PIP_CERT"):
        copy = folder / certificates.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(certificates, copy)
    return [f"{name}={value}" for name, value in os.environ.items() if re.match(r"PIP_(INDEX_URL|CERT)$", name)]
