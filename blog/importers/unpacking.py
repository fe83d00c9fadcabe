"""Zip files, unpacked to a folder: bounded, and nothing beside the folder (CWE-22, CWE-409)."""

import gzip
import lzma
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from blog.importers.errors import BrokenFile

MAX_FILES = 200_000
MAX_BYTES = 8_000_000_000
MAX_RATIO = 100
"""Of unpacked to packed bytes, for files over SMALL: text and images stay far below."""
SMALL = 50_000_000
CHUNK = 1 << 20
UNREADABLE = (
    *(zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError, OSError, ValueError),
)
"""What zipfile raises for a zip that is damaged or encrypted, and files for names that cannot be."""


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The path itself, or the content of a zip or gzip file in a temporary folder. Raises BrokenFile."""
    is_gzip = path.is_file() and starts_with(path, b"\x1f\x8b")
    if not path.is_file() or not (is_gzip or zipfile.is_zipfile(path) or starts_with(path, b"PK\3\4")):
        yield path
        return
    with TemporaryDirectory(prefix="frodo-import-") as name:
        folder = Path(name)
        if is_gzip:
            yield ungzip(path, folder)
            return
        unpack(path, folder)
        entries = [entry for entry in folder.iterdir() if entry.name != "__MACOSX" and not entry.name.startswith(".")]
        yield entries[0] if len(entries) == 1 and entries[0].is_dir() else folder


def unpack(path: Path, folder: Path) -> None:
    """Raises BrokenFile. Links and files with paths that lead outside are refused, not skipped: no export has them."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            check(path, entries)
            n_bytes = 0
            for entry in entries:
                target = folder / inside(path, entry)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as packed, target.open("wb") as file:
                    shutil.copyfileobj(packed, file, CHUNK)  # zipfile stops at the size that the entry says
                    n_bytes += file.tell()
    except UNREADABLE as error:
        problem = _("This zip file cannot be unpacked (%(problem)s). Copy it again, or unpack it yourself.")
        raise BrokenFile(path.name, 0, problem % {"problem": error}) from error


def starts_with(path: Path, start: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(start)) == start


def ungzip(path: Path, folder: Path) -> Path:
    """The file in it, under its name without `.gz`. Raises BrokenFile."""
    target = folder / (path.name.removesuffix(".gz") or "export")
    most = max(SMALL, path.stat().st_size * MAX_RATIO)
    try:
        with gzip.open(path) as packed, target.open("wb") as file:
            while data := packed.read(CHUNK):
                file.write(data)
                if file.tell() > most:
                    problem = _("Unpacked it would have more than %(size)d MB, which is too much. Unpack it yourself.")
                    raise BrokenFile(path.name, 0, problem % {"size": most // 1_000_000})
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        problem = _("This gzip file is damaged (%(problem)s). Copy it again.")
        raise BrokenFile(path.name, 0, problem % {"problem": error}) from error
    return target


def check(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    total = sum(entry.file_size for entry in entries)
    packed = max(1, path.stat().st_size)
    if len(entries) > MAX_FILES or total > MAX_BYTES or (total > SMALL and total > packed * MAX_RATIO):
        problem = _("Unpacked it would have %(size)d MB (files: %(files)d), which is too much. Unpack it yourself.")
        raise BrokenFile(path.name, 0, problem % {"files": len(entries), "size": total // 1_000_000})


def inside(path: Path, entry: zipfile.ZipInfo) -> PurePosixPath:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    mode = entry.external_attr >> 16
    if name.is_absolute() or ".." in name.parts or ":" in "".join(name.parts[:1]) or (mode and stat.S_ISLNK(mode)):
        problem = _("It has a link or a path that leads outside: %(name)s. Do not trust this file.")
        raise BrokenFile(path.name, 0, problem % {"name": entry.filename[:100]})
    return name
