from django.core.management.base import BaseCommand, CommandParser

from blog.importers.comments.import_comments import import_comments
from blog.importers.report import comment_report_lines
from blog.importers.saving import ImportContext
from blog.management.commands.import_blog import author_map, author_named, existing_path, progress_bar
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = (
        "Import comments of Disqus, WordPress, isso, remark42, Waline, Valine, Twikoo, giscus or utterances. Again, it "
        "adds only what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="the export file, isso's database, or a zip or gzip of it")
        parser.add_argument(
            "--map-author",
            metavar="OLD=NAME",
            action="append",
            default=[],
            help="whose comments there (name or e-mail address) are whose here; may be repeated",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    @saved_settings()
    def handle(self, *, path: str, map_author: list[str], dry_run: bool, **_options: object) -> None:
        source, context = existing_path(path), ImportContext(author_named(None), author_map(map_author))
        with progress_bar(self) as bar:
            report = import_comments(source, context, dry_run=dry_run, progress=bar.show)
        for line in comment_report_lines(report, dry_run=dry_run):
            self.stdout.write(line)
