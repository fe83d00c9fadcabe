"""Write an archive. The same content gives the same bytes."""

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection

from blog.exporters.archive import FORMAT, MANIFEST, MEDIA, VERSION, documents
from blog.exporters.archive.tables import Table, dumps, lines, tables
from blog.models import Tag
from frodo.backup.archive import Readable, media_names
from frodo.progress import Progress, no_progress
from frodo.raw_rows import read_snapshot

CHUNK = 1024**2
EPOCH = (1980, 1, 1, 0, 0, 0)


class Archive:
    """A zip file in which every file has the same time, and a list of what is in it."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file
        self.files: dict[str, dict] = {}

    def add(self, name: str, content: Readable, *, compress: bool = True) -> None:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self.file.open(info, "w", force_zip64=True) as target:
            while data := content.read(CHUNK):
                digest.update(data)
                size += len(data)
                target.write(data)
        self.files[name] = {"size": size, "sha256": digest.hexdigest()}

    def add_bytes(self, name: str, data: bytes) -> None:
        with tempfile.SpooledTemporaryFile(CHUNK) as file:
            file.write(data)
            file.seek(0)
            self.add(name, file)


def write_archive(path: Path, progress: Progress = no_progress) -> dict:
    """Write everything to a new file, and return its manifest. Raises OSError.

    The rows are of one moment. A media file that is deleted while it is copied is left out.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as file:
            part.chmod(0o600)  # it has e-mail addresses and password hashes
            archive = Archive(file)
            with read_snapshot(connection):
                counts = {table.label: add_table(archive, table, progress) for table in tables()}
            names = list(media_names())
            for n, name in enumerate(names):
                progress("media", n, len(names))
                add_media(archive, name)
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "tables": counts,
                "files": dict(sorted(archive.files.items())),
            }
            archive.add_bytes(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def add_table(archive: Archive, table: Table, progress: Progress) -> int:
    """Only one file of a zip can be written at a time: the rows wait until their texts are in."""
    n, total = 0, table.model._base_manager.count()
    tag_names = dict(Tag.objects.values_list("pk", "name")) if table.has_text else {}
    with tempfile.TemporaryFile() as rows:
        for batch in lines(table, connection):
            for row in batch:
                if table.has_text:
                    name = documents.path_of(table, row)
                    tags = [tag_names[key] for key in row.get("tags", ())]
                    archive.add_bytes(name, documents.document(row, tags))
                    row["text"] = {"file": name}
                rows.write(dumps(row))
            n += len(batch)
            progress(str(table.model._meta.verbose_name_plural), n, total)
        rows.seek(0)
        archive.add(table.path, rows)
    return n


def add_media(archive: Archive, name: str) -> None:
    try:
        with default_storage.open(name) as file:
            archive.add(MEDIA + name, file, compress=False)  # images are compressed already
    except FileNotFoundError:
        return
