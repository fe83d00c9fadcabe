"""Checks of what is stored: database, media, disk and backups."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils.translation import gettext as _

from blog.doctor.findings import Problem
from blog.models import Post, Upload
from frodo.backup import BackupError
from frodo.backup.services import age
from frodo.jobs import Job

MIN_FREE = 500
"""MB."""
MOST_FILES = {True: 20_000, False: 100}
"""Media files whose existence is checked, the newest; in a folder and in a bucket."""


def media() -> str:
    """What is written can be read, and what is shown is there."""
    name = default_storage.save("doctor.txt", ContentFile(b"well"))
    try:
        with default_storage.open(name) as file:
            if file.read() != b"well":
                raise Problem(_("What is written there is read as something else."))
    finally:
        default_storage.delete(name)
    most = MOST_FILES[settings.MEDIA_IS_LOCAL]
    names = [*Upload.objects.order_by("-pk").values_list("file", flat=True)[:most]]
    names += Post.threads.exclude(cover="").order_by("-pk").values_list("cover", flat=True)[:most]
    if missing := [name for name in names if not default_storage.exists(name)]:
        message = _("%(n)d files are missing, such as %(name)s. Copy the media folder again, or restore a backup.")
        raise Problem(message % {"n": len(missing), "name": missing[0]})
    place = str(settings.MEDIA_ROOT) if settings.MEDIA_IS_LOCAL else default_storage.url("").rstrip("/")
    return _("%(place)s; %(n)d files checked") % {"place": place, "n": len(names)}


def disk() -> str:
    places = {settings.DATA_DIR, *([settings.MEDIA_ROOT] if settings.MEDIA_IS_LOCAL else [])}
    found = {place: shutil.disk_usage(existing(Path(place))) for place in places}
    usage = {place: of_disk for place, of_disk in found.items() if of_disk.total} or found
    place, least = min(usage.items(), key=lambda item: item[1].free)
    free = least.free // 1024**2
    if free < MIN_FREE:
        message = _("Only %(n)d MB are free in %(place)s. Delete old backups and files, or enlarge the disk.")
        raise Problem(message % {"n": free, "place": place})
    return _("%(n)d GB free") % {"n": free // 1024} if free > 10_240 else _("%(n)d MB free") % {"n": free}


def existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else existing(path.parent)


def database_size() -> int:
    """In bytes; 0 where the database does not say."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return path.stat().st_size if path.is_file() else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def backup() -> str:
    """The newest is not older than two periods, and the last one did not fail."""
    if not settings.BACKUP_TO:
        if not settings.BACKUP_HOURS:
            return _("left to you: BACKUP_HOURS is 0")
        message = _("No backups are made. Set BACKUP_TO, or BACKUP_HOURS=0 if another program makes them.")
        raise Problem(message)
    try:
        newest = age()
    except (BackupError, OSError) as error:
        raise Problem(str(error)) from error
    failed = Job.objects.filter(type="back_up").exclude(error="").values_list("error", flat=True).first()
    if failed:
        raise Problem(_("The last one failed: %(error)s") % {"error": failed})
    if newest is None:
        raise Problem(_("There is none yet in %(place)s. Make one: manage.py backup") % {"place": settings.BACKUP_TO})
    hours = int(newest.total_seconds() // 3600)
    if newest > timedelta(hours=2 * (settings.BACKUP_HOURS or 24)):
        message = _("The newest is %(n)d hours old. Is the server running? Make one: manage.py backup")
        raise Problem(message % {"n": hours})
    return _("the newest is %(n)d hours old") % {"n": hours}
