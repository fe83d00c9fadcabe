from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from blog.search.indexing import rebuild, update_index
from blog.search.status import status
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = "Brings the search index up to date; with --rebuild, builds it anew. The server does both by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="read all posts and build the index anew")

    @saved_settings()
    def handle(self, **options: Any) -> None:
        done = self.build() if options["rebuild"] else update_index()
        if not done:
            raise CommandError(_("Another process is working on the index. Try again in a moment."))
        found = status()
        self.stdout.write(
            _("%(n)d posts and activities are indexed, %(size).1f MB.") % {"n": found.n, "size": found.megabytes}
        )

    def build(self) -> bool:
        return rebuild(progress=self.show if self.stderr.isatty() else None, wait=True)

    def show(self, n: int, of: int) -> None:
        width = 40
        filled = width * n // of
        end = "\n" if n == of else "\r"
        self.stderr.write(f"[{'#' * filled}{'.' * (width - filled)}] {n:,} / {of:,}", ending=end)
