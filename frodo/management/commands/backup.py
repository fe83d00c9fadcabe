from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from frodo.backup import BackupError
from frodo.backup.services import back_up
from frodo.backup.targets import backups, target_of


class Command(BaseCommand):
    help = "Back up the database, the media files and the themes while the site runs, and delete old backups."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="PLACE", default="", help="a folder or s3://bucket/prefix; else BACKUP_TO")
        parser.add_argument("--no-media", action="store_true", help="the database only")
        parser.add_argument("--list", action="store_true", help="list the backups that are there, and make none")

    def handle(self, *, to: str, no_media: bool, list: bool, **options: Any) -> None:
        try:
            if list:
                for name in backups(target_of(to or settings.BACKUP_TO)).values():
                    self.stdout.write(name)
                return
            made = back_up(to, media=not no_media)
        except (BackupError, OSError) as error:
            raise CommandError(_("No backup was made. %(error)s") % {"error": error}) from error
        manifest = made.manifest
        data = _("%(name)s: %(rows)d rows in %(tables)d tables, %(media)d media files, %(size)s")
        numbers = {"rows": sum(manifest.rows.values()), "tables": len(manifest.rows), "media": manifest.n_media}
        self.stdout.write(data % {"name": made.name, "size": filesizeformat(made.size), **numbers})
        for name in manifest.missing:
            self.stdout.write(_("Deleted meanwhile: %(name)s") % {"name": name})
        for name in made.deleted:
            self.stdout.write(_("Old backup deleted: %(name)s") % {"name": name})
