"""Where backups are kept: a folder, or a bucket of an S3 store."""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from frodo.backup import BackupError
from frodo.media_storage import media_store

NAME = re.compile(r"frodo-(\d{4}-\d{2}-\d{2}T\d{6}Z)\.tar(\.age|\.gpg)?")
STAMP = "%Y-%m-%dT%H%M%SZ"


class Target(Protocol):
    def names(self) -> list[str]: ...

    def put(self, path: Path, name: str) -> None: ...

    def fetch(self, name: str, path: Path) -> None: ...

    def delete(self, name: str) -> None: ...


class Folder:
    """Files only the owner can read; a file has its name when it is complete."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        return [path.name for path in self.path.iterdir() if path.is_file()] if self.path.is_dir() else []

    def put(self, path: Path, name: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.path / f".{name}.part"
        try:
            shutil.move(path, part)
            part.chmod(0o600)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.rename(self.path / name)
        finally:
            part.unlink(missing_ok=True)

    def fetch(self, name: str, path: Path) -> None:
        shutil.copyfile(self.path / name, path)

    def delete(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)


class Bucket:
    """Below a prefix of a bucket, with the endpoint and keys of the S3_ settings."""

    def __init__(self, bucket: str, prefix: str) -> None:
        options = media_store({**settings.S3, "S3_BUCKET": bucket, "S3_PUBLIC_URL": "https://unused.invalid"})
        options["OPTIONS"] |= {"location": prefix, "custom_domain": None, "object_parameters": {}}
        self.storage = storages.create_storage(options)

    def names(self) -> list[str]:
        return self.storage.listdir("")[1]

    def put(self, path: Path, name: str) -> None:
        with path.open("rb") as file:
            self.storage.save(name, File(file))

    def fetch(self, name: str, path: Path) -> None:
        with self.storage.open(name) as source, path.open("wb") as file:
            shutil.copyfileobj(source, file, 1024**2)

    def delete(self, name: str) -> None:
        self.storage.delete(name)


def target_of(place: str) -> Target:
    """`/var/backups/frodo` or `s3://bucket/prefix`. Raises BackupError for another scheme, or an empty place."""
    if not place:
        raise BackupError(_("No place for backups is set. Set BACKUP_TO, or use --to; to restore, --from."))
    try:
        parts = urlsplit(place)
    except ValueError:  # such as a wrong IPv6 address
        parts = urlsplit("invalid:")
    if parts.scheme == "s3" and parts.netloc:
        return Bucket(parts.netloc, parts.path.strip("/"))
    if parts.scheme and len(parts.scheme) > 1:
        raise BackupError(_("%(place)s is neither a folder nor s3://bucket/prefix.") % {"place": place})
    return Folder(Path(place).expanduser())


def backups(target: Target) -> dict[datetime, str]:
    """Names of the backups there by the time at which they were made, newest first."""
    found = {
        datetime.strptime(match[1], STAMP).replace(tzinfo=UTC): name
        for name in target.names()
        if (match := NAME.fullmatch(name))
    }
    return dict(sorted(found.items(), reverse=True))
