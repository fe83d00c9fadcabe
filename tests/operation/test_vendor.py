"""The bundles in static/vendor are what `make vendor` makes of frontend/package-lock.json."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

FRONTEND = settings.BASE_DIR / "frontend"
VENDOR = settings.BASE_DIR / "static" / "vendor"


@pytest.mark.quality
@pytest.mark.skipif(not shutil.which("npm") and os.environ.get("CI") != "true", reason="npm is not installed")
def test_a_build_gives_the_same_bytes(tmp_path: Path):
    folder = tmp_path / "frontend"
    shutil.copytree(FRONTEND, folder, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300)

    subprocess.run(["node", "build.mjs", str(tmp_path / "built")], cwd=folder, check=True, timeout=120)

    built = {path.name: path.read_bytes() for path in (tmp_path / "built").iterdir()}
    assert built == {path.name: path.read_bytes() for path in VENDOR.iterdir()}


def test_each_bundle_brings_the_licences_of_its_packages():
    licences = (VENDOR / "LICENSES.txt").read_text()

    for name in ("@codemirror/view", "@lezer/markdown", "lucide-static", "style-mod", "turndown", "yjs"):
        assert f"\n{name} " in f"\n{licences}"
    assert "Permission is hereby granted" in licences
