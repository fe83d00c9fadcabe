"""The tar file of a backup: written in one pass, verified whole before anything of it is used."""

import hashlib
import json
import logging
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from frodo import themes
from frodo.backup import BackupError

logger = logging.getLogger(__name__)

FORMAT = "frodo-backup"
VERSION = 1
MANIFEST = "manifest.json"
MEDIA, THEMES = "media/", "themes/"
CHUNK = 1024**2
MAX_MANIFEST = 64 * 1024**2


@dataclass
class Manifest:
    created_at: str
    vendor: str
    database: str
    """The name of the dump in the archive."""
    rows: dict[str, int]
    """Of each table."""
    migrations: list[str]
    files: dict[str, dict] = field(default_factory=dict)
    """`size` in bytes and `sha256` of each file in the archive."""
    missing: list[str] = field(default_factory=list)
    """Files that disappeared while they were copied."""
    format: str = FORMAT
    version: int = VERSION

    @property
    def n_media(self) -> int:
        return sum(name.startswith(MEDIA) for name in self.files)


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Hashing:
    """A file whose bytes are counted and hashed while they are read."""

    def __init__(self, file: Readable) -> None:
        self.file, self.size, self.digest = file, 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.size += len(data)
        self.digest.update(data)
        return data

    @property
    def entry(self) -> dict:
        return {"size": self.size, "sha256": self.digest.hexdigest()}


def write(output: IO[bytes], dump: Path, manifest: Manifest, *, media: bool) -> None:
    """Write the dump, the media files, the themes and the manifest, whose `files` are filled, as a tar file."""
    with tarfile.open(fileobj=output, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        with dump.open("rb") as file:
            manifest.files[dump.name] = add(tar, dump.name, file, dump.stat().st_size)
        for name, opened in further_files() if media else ():
            try:
                with opened() as file:
                    manifest.files[name] = add(tar, name, file, file.size)
            except FileNotFoundError:  # deleted meanwhile; whatever shows it has been changed, too
                manifest.missing.append(name)
                logger.warning("Backup: the file %s is gone", name)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, BytesIO(text))


def add(tar: tarfile.TarFile, name: str, file: Readable, size: int) -> dict:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    source = Hashing(file)
    tar.addfile(info, source)
    return source.entry


def further_files() -> Iterator[tuple[str, Callable[[], File]]]:
    """The media files and the themes of DATA_DIR, without hidden files such as `.git`."""
    for name in media_names():
        yield MEDIA + name, partial(default_storage.open, name)
    parent = settings.THEME_DIRS[0]
    for folder in themes.available().values():
        for path in themes.files_of(folder) if folder.parent == parent else ():
            inside = path.relative_to(parent)
            if not any(part.startswith(".") for part in inside.parts):
                yield THEMES + inside.as_posix(), partial(read, path)


def read(path: Path) -> File:
    """A file that somebody may edit meanwhile, as it is now."""
    return ContentFile(path.read_bytes())


def media_names(folder: str = "") -> Iterator[str]:
    """All files of the media store, sorted within each folder."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # no file has been stored yet
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from media_names(f"{folder}/{name}" if folder else name)


def verify(path: Path) -> Manifest:
    """Read the whole archive and compare it with its manifest. Raises BackupError with the first difference."""
    found: dict[str, dict] = {}
    manifest = None
    try:
        for name, file in members(path):
            if name == MANIFEST:
                manifest = parse(file.read(MAX_MANIFEST))
                continue
            source = Hashing(file)
            while source.read(CHUNK):
                pass
            found[name] = source.entry
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(_("The backup cannot be read: %(error)s.") % {"error": error}) from error
    if manifest is None:
        raise BackupError(_("The backup is incomplete: it ends before its manifest."))
    for name in sorted(manifest.files.keys() | found.keys()):
        if manifest.files.get(name) != found.get(name):
            raise BackupError(_("The backup is damaged: %(name)s is not what was saved.") % {"name": name})
    if manifest.database not in found:
        raise BackupError(_("The backup is damaged: %(name)s is not what was saved.") % {"name": manifest.database})
    return manifest


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of each file, one after the other. Raises TarError, BackupError."""
    with tarfile.open(path, mode="r|") as tar:
        for info in tar:
            parts = PurePosixPath(info.name).parts
            if not info.isfile() or info.name.startswith("/") or ".." in parts or "\\" in info.name:
                raise BackupError(_("This is not a backup: it contains %(name)r.") % {"name": info.name})
            content = tar.extractfile(info)
            assert content  # of a file it is never None
            yield info.name, content


def parse(text: bytes) -> Manifest:
    try:
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise ValueError(fields["format"])
        if fields["version"] > VERSION:
            raise BackupError(_("The backup was made by a newer version of Frodo. Upgrade first."))
        return Manifest(**fields)
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(_("The manifest of the backup cannot be read: %(error)s.") % {"error": error}) from error


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
