import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import is_zipfile

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from blog.importers.archive import import_archive, report_lines
from blog.importers.archive_file import ArchiveError, is_archive, opened
from blog.importers.errors import NotImported
from blog.importers.import_blog import FORMATS, Options, import_blog
from blog.importers.report import lines
from frodo.progress import Bar
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = (
        "Import a blog: an export of WordPress or Ghost, a site of Hexo, Jekyll, Hugo or Zola, Markdown files, or an "
        "archive of export_blog. Again, it changes only what changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="an export file, a zip, a site, a folder of posts, or one file")
        parser.add_argument("--format", choices=FORMATS, default="auto", help="found by itself if not given")
        parser.add_argument(
            "--author", metavar="NAME", help="user name of the author; the first staff user if not given"
        )
        parser.add_argument(
            "--map-author",
            metavar="OLD=NAME",
            action="append",
            default=[],
            help="whose posts of the old site become whose here; may be repeated",
        )
        parser.add_argument(
            "--media", metavar="FOLDER", help="the old site's images, such as a copy of wp-content/uploads"
        )
        parser.add_argument(
            "--old-url", metavar="URL", default="", help="where the site was, if its export does not say it"
        )
        parser.add_argument("--download", action="store_true", help="fetch images from the old site")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    @saved_settings()
    def handle(
        self,
        *,
        path: str,
        format: str,
        author: str | None,
        map_author: list[str],
        media: str | None,
        old_url: str,
        download: bool,
        dry_run: bool,
        **_options: object,
    ) -> None:
        source = existing_path(path)
        if source.is_file() and (is_archive(source) or (source.suffix == ".zip" and not is_zipfile(source))):
            self.import_archive(source, dry_run=dry_run)
            return
        options = Options(
            author_named(author),
            format=format,
            dry_run=dry_run,
            media=existing_path(media) if media else None,
            download=download,
            old_url=old_url,
            authors=author_map(map_author),
        )
        with progress_bar(self) as bar:
            report = import_blog(source, options, progress=bar.show, write=self.stdout.write)
        for line in lines(report, dry_run=dry_run):
            self.stdout.write(line)

    def import_archive(self, path: Path, *, dry_run: bool) -> None:
        with progress_bar(self) as bar, opened(path) as archive:
            report = import_archive(archive, dry_run=dry_run, progress=bar.show)
        for line in report_lines(report, dry_run=dry_run):
            self.stdout.write(line)


@contextmanager
def progress_bar(command: BaseCommand) -> Iterator[Bar]:
    """A bar on a terminal. Why an import failed or stopped becomes the command's error."""
    try:
        with Bar(command.stderr if sys.stderr.isatty() else None) as bar:
            yield bar
    except (NotImported, ArchiveError) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt as stop:
        message = _("Stopped. What is imported stays; the same command goes on from here.")
        raise CommandError(message, returncode=130) from stop


def existing_path(path: str) -> Path:
    file = Path(path).expanduser()
    if not file.exists():
        raise CommandError(_("There is no file or folder %(path)s.") % {"path": path})
    return file.resolve()


def author_map(pairs: list[str]) -> dict[str, str]:
    authors = {}
    for pair in pairs:
        old, equals, name = pair.rpartition("=")
        if not equals:
            raise CommandError(_("Write --map-author as OLD=NAME, for example --map-author admin=ann."))
        authors[old] = author_named(name).username
    return authors


def author_named(name: str | None) -> User:
    if name:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(_("There is no user %(name)s. Make one: manage.py createauthor") % {"name": name})
        return user
    user = User.objects.filter(is_staff=True, is_active=True).order_by("pk").first()
    if user is None:
        raise CommandError(_("There is no author yet. Make one: manage.py createauthor"))
    return user
