"""An archive of ours as a file from a stranger: everything is verified before anything of it is used."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from blog.exporters.archive import FORMAT, MANIFEST, VERSION
from blog.importers.unpacking import UNREADABLE

CHUNK = 1024**2
LONGEST_LINE = 64 * 1024**2
"""Bytes of one row, or of one Markdown file."""
LONGEST_MANIFEST = 256 * 1024**2
EXPANSION = 300
"""How many times larger a file of more than LONGEST_LINE bytes may be than what is stored of it; text is 3 to 20."""


class ArchiveError(Exception):
    """An archive that cannot be imported; the message says where it is wrong and what to do."""


class ArchiveFile:
    """A zip file with its manifest."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self.members = {info.filename: info for info in file.infolist()}
        if len(self.members) != len(file.infolist()):
            raise ArchiveError(_("The archive contains a file twice."))
        self.manifest = self.read_manifest()

    def read_manifest(self) -> dict:
        if MANIFEST not in self.members:
            raise ArchiveError(_("This is not an archive of Frodo: it has no %(name)s.") % {"name": MANIFEST})
        try:
            manifest = json.loads(self.read(MANIFEST, LONGEST_MANIFEST))
            if manifest["format"] != FORMAT or not isinstance(manifest["version"], int):
                raise ValueError("format")
            if manifest["version"] > VERSION:
                raise ArchiveError(_("The archive was made by a newer version of Frodo. Upgrade first."))
            files = manifest["files"]
            valid = all(isinstance(e["size"], int) and isinstance(e["sha256"], str) for e in files.values())
            if not valid or not all(isinstance(n, int) for n in manifest["tables"].values()):
                raise ValueError("files")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ArchiveError(_("%(name)s cannot be read.") % {"name": MANIFEST}) from error
        return manifest

    def verify(self) -> None:
        """Every file is listed and is what was written. Raises ArchiveError for the first that is not."""
        listed = self.manifest["files"]
        if extra := self.members.keys() - listed.keys() - {MANIFEST}:
            raise ArchiveError(_("%(name)s is in the archive, but not in its manifest.") % {"name": min(extra)})
        for name, entry in listed.items():
            if is_unsafe(name):
                raise ArchiveError(_("The archive contains the unsafe name %(name)r.") % {"name": name})
            info = self.members.get(name)
            if info is None:
                raise ArchiveError(_("%(name)s is missing from the archive.") % {"name": name})
            if info.file_size > max(LONGEST_LINE, EXPANSION * info.compress_size):
                raise ArchiveError(
                    _("%(name)s is compressed suspiciously much and may be a zip bomb.") % {"name": name}
                )
            digest, size = hashlib.sha256(), 0
            with self.open(name) as file:
                while data := file.read(CHUNK):
                    digest.update(data)
                    size += len(data)
            if size != entry["size"] or digest.hexdigest() != entry["sha256"]:
                raise ArchiveError(_("%(name)s is damaged: export the archive again.") % {"name": name})

    @contextmanager
    def open(self, name: str) -> Iterator:
        try:
            with self.file.open(name) as file:
                yield file
        except (*UNREADABLE, KeyError) as error:
            raise ArchiveError(_("%(name)s cannot be read: %(error)s") % {"name": name, "error": error}) from error

    def read(self, name: str, most: int = LONGEST_LINE) -> bytes:
        with self.open(name) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise ArchiveError(_("%(name)s is too large.") % {"name": name})
        return data

    def rows(self, name: str) -> Iterator[tuple[int, dict]]:
        """Line numbers and objects of a JSON Lines file."""
        with self.open(name) as file:
            n = 0
            while line := file.readline(LONGEST_LINE + 1):
                n += 1
                if len(line) > LONGEST_LINE:
                    raise ArchiveError(_("%(name)s, line %(n)d: too long.") % {"name": name, "n": n})
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise bad_row(name, n, error) from error
                if not isinstance(row, dict):
                    raise bad_row(name, n, type(row).__name__)
                yield n, row


def bad_row(name: str, n: int, problem: object) -> ArchiveError:
    message = _("%(name)s, line %(n)d cannot be read: %(problem)s")
    return ArchiveError(message % {"name": name, "n": n, "problem": " ".join(str(problem).split())[:300]})


def is_unsafe(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or any(s in ("", ".", "..") for s in name.split("/"))


def is_archive(path: Path) -> bool:
    """Whether a file looks like one of ours."""
    try:
        with zipfile.ZipFile(path) as file:
            return MANIFEST in file.namelist()
    except UNREADABLE:
        return False


@contextmanager
def opened(path: Path) -> Iterator[ArchiveFile]:
    try:
        with zipfile.ZipFile(path) as file:
            yield ArchiveFile(file)
    except UNREADABLE as error:
        message = _("The archive cannot be read (%(error)s). Copy it again, or export it again.")
        raise ArchiveError(message % {"error": error}) from error
