"""A small disk of the test's own, which it may fill up."""

import errno
import os
import subprocess
from pathlib import Path

import pytest


class Disk:
    """`with Disk(folder, megabytes) as disk:`; files go below `disk.folder`."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self.megabytes = megabytes
        self.filler = folder / "filler"

    def __enter__(self) -> "Disk":
        self.folder.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m", "tmpfs", self.folder],
            capture_output=True,
            text=True,
        )
        if mounted.returncode:
            # CI runs as root in some places and not in others; a container may not mount at all.
            pytest.skip(f"A file system cannot be mounted here: {mounted.stderr.strip()}")
        return self

    def __exit__(self, *exception) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)

    def fill(self) -> None:
        with self.filler.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                while self.write(file, size):
                    pass
        assert os.statvfs(self.folder).f_bfree == 0

    def write(self, file, size: int) -> bool:
        try:
            return file.write(b"x" * size) == size
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return False

    def free(self) -> None:
        self.filler.unlink()
