"""Make a backup, restore one, and say how old the newest is."""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from frodo import jobs
from frodo.backup import BackupError, archive, databases, encryption, outdated, parse_policy
from frodo.backup.archive import MEDIA, THEMES, Manifest
from frodo.backup.targets import STAMP, Target, backups, target_of

logger = logging.getLogger(__name__)


@dataclass
class Made:
    name: str
    size: int
    """Bytes."""
    manifest: Manifest
    deleted: list[str]
    """Older backups that the rotation deleted."""


def back_up(place: str = "", *, media: bool = True) -> Made:
    """Make one backup in `place`, or where BACKUP_TO says, and delete those that BACKUP_KEEP does not keep.

    Raises BackupError, or OSError where the place cannot be written.
    """
    target = target_of(place or settings.BACKUP_TO)
    with work_folder() as folder:
        moment = archive.now()
        dump, rows = databases.dump(connection, folder)
        applied = [f"{app}.{name}" for app, name in sorted(MigrationLoader(connection).applied_migrations)]
        manifest = Manifest(moment.isoformat(), connection.vendor, dump.name, rows, applied)
        name = f"frodo-{moment.strftime(STAMP)}.tar{encryption.suffix()}"
        path = folder / name
        with encryption.writer(path) as output:
            archive.write(output, dump, manifest, media=media)
        size = path.stat().st_size
        target.put(path, name)
    deleted = rotate(target)
    logger.info("Backup %s made, %d bytes", name, size)
    return Made(name, size, manifest, deleted)


def rotate(target: Target) -> list[str]:
    kept = backups(target)
    names = [kept[moment] for moment in outdated(kept, parse_policy(settings.BACKUP_KEEP))]
    for name in names:
        target.delete(name)
    return names


def run_scheduled() -> None:
    """The job "back_up"."""
    try:
        back_up()
    except BackupError as error:
        raise jobs.Failed(str(error)) from error


@contextmanager
def work_folder() -> Iterator[Path]:
    """A folder of ours beside the data: /tmp is often in memory."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.DATA_DIR) as name:
        yield Path(name)


@contextmanager
def opened(name: str, place: str = "", *, identity: str = "") -> Iterator[tuple[Path, Manifest]]:
    """A backup by its path, or by its name in `place` ("latest": the newest), decrypted and verified."""
    with work_folder() as folder:
        path = Path(name).expanduser()
        if not path.is_file():
            place = place or settings.BACKUP_TO
            if not place and name != "latest":  # a path
                raise BackupError(_("There is no backup %(name)s.") % {"name": name})
            target = target_of(place)
            known = list(backups(target).values())
            if name == "latest" and known:
                name = known[0]
            if name not in known:
                raise BackupError(_("There is no backup %(name)s.") % {"name": name})
            path = folder / name
            target.fetch(name, path)
        if path.suffix in (".age", ".gpg"):
            decrypted = folder / "decrypted.tar"
            encryption.decrypt(path, decrypted, identity=identity)
            path = decrypted
        yield path, archive.verify(path)


def restore(
    path: Path, manifest: Manifest, *, overwrite: bool = False, tell: Callable[[str], None] = lambda _said: None
) -> None:
    """Load a verified backup into the database, the media store and DATA_DIR's themes.

    Raises BackupError: for what does not fit this site, before anything is changed.
    """
    if manifest.vendor != connection.vendor:
        message = _(
            "This is a backup of %(saved)s, but DATABASE_URL is %(here)s. Restore it there, then copy_database."
        )
        raise BackupError(message % {"saved": manifest.vendor, "here": connection.vendor})
    if unknown := unknown_migrations(manifest.migrations):
        message = _("The backup was made by a newer version of Frodo (migration %(name)s). Upgrade first.")
        raise BackupError(message % {"name": min(unknown)})
    if not overwrite and not databases.is_empty(connection):
        raise BackupError(_("The database is not empty. To replace everything in it, use --overwrite."))
    with work_folder() as folder:
        for name, file in archive.members(path):
            if name == manifest.database:
                with (folder / name).open("wb") as copy:
                    shutil.copyfileobj(file, copy, archive.CHUNK)
                tell(_("Loading the database ..."))
                databases.load(connection, folder / name)
                check(manifest)
                tell(_("Copying media files ..."))
            elif name.startswith(MEDIA):
                put_media(name.removeprefix(MEDIA), file, manifest.files[name]["size"])
            elif name.startswith(THEMES):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                with (folder / name).open("wb") as copy:
                    shutil.copyfileobj(file, copy, archive.CHUNK)
        if (folder / THEMES).is_dir():
            put_themes(folder, overwrite=overwrite, tell=tell)


def unknown_migrations(applied: list[str]) -> set[str]:
    """Those of installed apps that this version of the code does not have."""
    disk = MigrationLoader(None).disk_migrations
    known = {key for key, migration in disk.items() for key in (key, *migration.replaces)}
    apps_here = {app for app, _name in disk}
    named = {name: tuple(name.split(".", 1)) for name in applied}
    return {name for name, key in named.items() if key[0] in apps_here and key not in known}


def check(manifest: Manifest) -> None:
    """As many rows as were saved, and every foreign key leads to a row."""
    now = databases.count(connection)
    for table, n in manifest.rows.items():
        if now.get(table) != n:
            message = _("%(table)s has %(now)s rows, but the backup %(saved)d.")
            raise BackupError(message % {"table": table, "now": now.get(table), "saved": n})
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise BackupError(_("A foreign key is broken: %(error)s") % {"error": error}) from error


def put_media(name: str, file: IO[bytes], size: int) -> None:
    """What is there with the same size stays: names of media files change with their content."""
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return
        default_storage.delete(name)
    default_storage.save(name, File(file, name))


def put_themes(folder: Path, *, overwrite: bool, tell: Callable[[str], None]) -> None:
    """Move whole themes to DATA_DIR: the files of two versions of a theme do not fit each other."""
    parent = settings.THEME_DIRS[0]
    parent.mkdir(parents=True, exist_ok=True)
    for theme in sorted((folder / THEMES).iterdir()):
        target = parent / theme.name
        if target.exists() and not overwrite:
            tell(
                _("The theme %(name)s already exists and was not changed. To replace it, use --overwrite.")
                % {"name": theme.name}
            )
            continue
        if target.exists() or target.is_symlink():
            shutil.move(target, folder / f"replaced-{theme.name}")
        shutil.move(theme, target)
        tell(_("Theme restored: %(name)s") % {"name": theme.name})


def age() -> timedelta | None:
    """Of the newest backup in BACKUP_TO; None if there is none. Raises BackupError and OSError."""
    newest: datetime | None = next(iter(backups(target_of(settings.BACKUP_TO))), None)
    return timezone.now() - newest if newest else None
