from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from frodo.backup import BackupError
from frodo.backup.services import opened, restore


class Command(BaseCommand):
    help = "Restore a backup into an empty database (DATABASE_URL), media store (MEDIA_ROOT or S3_BUCKET) and themes."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", help="a file, or the name of a backup in BACKUP_TO, or `latest`")
        parser.add_argument("--from", dest="place", metavar="PLACE", default="", help="instead of BACKUP_TO")
        parser.add_argument("--identity", metavar="FILE", default="", help="the private key of age")
        parser.add_argument("--overwrite", action="store_true", help="replace everything in a database with content")
        parser.add_argument("--check", action="store_true", help="verify the checksums, and restore nothing")

    def handle(self, *, backup: str, place: str, identity: str, overwrite: bool, check: bool, **options: Any) -> None:
        try:
            with opened(backup, place, identity=identity) as (path, manifest):
                n_rows, n_media = sum(manifest.rows.values()), manifest.n_media
                data = _("Backup of %(moment)s: %(rows)d rows, %(media)d media files; all checksums match.")
                self.stdout.write(data % {"moment": manifest.created_at, "rows": n_rows, "media": n_media})
                if check:
                    return
                restore(path, manifest, overwrite=overwrite, tell=self.stdout.write)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Restored; the rows of every table were counted. Now run manage.py migrate and start the site.")
        )
