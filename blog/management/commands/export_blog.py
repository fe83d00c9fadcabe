import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext as _

from blog.exporters import ExportError
from blog.exporters.registry import FORMATS, export
from frodo.progress import Bar, Notes
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = "Export the blog: an archive for another Frodo, or files for another program."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="the file or the folder to write; it must not exist, or be empty")
        parser.add_argument("--format", choices=FORMATS, default="archive", help="archive if not given")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), help="of what is printed")
        parser.add_argument("--progress", action="store_true", help="print how far it is, as lines of JSON")

    @saved_settings()
    def handle(self, *, language: str | None, **options: Any) -> None:
        with translation.override(language or translation.get_language()):
            self.export(**options)

    def export(self, *, path: str, format: str, progress: bool, **_options: Any) -> None:
        target = Path(path).expanduser()
        try:
            with Bar(self.stderr if sys.stderr.isatty() else None) as bar:
                summary = export(format, target, Notes(self.print_note) if progress else bar.show)
        except (ExportError, OSError) as error:
            raise CommandError(_("Nothing was exported. %(error)s") % {"error": error}) from error
        self.stdout.write(summary)
        if target.is_file():
            self.stdout.write(f"{target} ({filesizeformat(target.stat().st_size)})")

    def print_note(self, note: dict) -> None:
        self.stdout.write(json.dumps(note))
        self.stdout.flush()
