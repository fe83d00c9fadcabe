"""Archives read and changed as a stranger could."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path


def rows(path: Path) -> dict[str, list[dict]]:
    with zipfile.ZipFile(path) as file:
        names = [name for name in file.namelist() if name.startswith("data/")]
        return {name: [json.loads(line) for line in file.read(name).decode().split("\n") if line] for name in names}


def changed(path: Path, changes: dict[str, Callable[[str], str]], *, honest: bool = True) -> Path:
    """A copy with other files; `honest`: its manifest knows of it."""
    new = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as file:
        manifest = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                data = json.dumps(manifest).encode()
            if name in changes:
                data = changes[name](data.decode()).encode()
                if honest and name != "manifest.json":
                    manifest["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            file.writestr(name, data)
    return new
