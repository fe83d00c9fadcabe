import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import User
from blog.transfer.importing import import_folder
from blog.transfer.progress import Bar
from blog.transfer.site import recognise
from blog.transfer.table import lines

READY = ("auto", "markdown", "hexo", "jekyll", "hugo")
NOT_YET = ("wordpress", "ghost", "frodo")


class Command(BaseCommand):
    help = "Import a blog: a folder of Hexo, Jekyll, Hugo or plain Markdown files. Again, it changes only what changed."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", help="a site, a folder of posts, or one file")
        parser.add_argument("--format", choices=(*READY, *NOT_YET), default="auto", help="found by itself if not given")
        parser.add_argument(
            "--author", metavar="NAME", help="user name of the author; the first staff user if not given"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *, path: str, format: str, author: str | None, dry_run: bool, **options) -> None:
        if format in NOT_YET:
            raise CommandError(_("Importing from %(format)s is not possible yet.") % {"format": format})
        folder = Path(path).expanduser()
        if not folder.exists():
            raise CommandError(_("There is no file or folder %(path)s.") % {"path": path})
        writer = author_named(author)
        site = recognise(folder.resolve(), format)
        self.stdout.write(_("Format: %(format)s (%(why)s)") % {"format": site.format, "why": site.why})
        try:
            with Bar(self.stderr if sys.stderr.isatty() else None) as bar:
                report = import_folder(site, writer, dry_run=dry_run, progress=bar.show)
        except KeyboardInterrupt as stop:
            said = _("Stopped. What is imported stays; the same command goes on from here.")
            raise CommandError(said, returncode=130) from stop
        for line in lines(report, site, dry_run=dry_run):
            self.stdout.write(line)


def author_named(name: str | None) -> User:
    if name:
        found = User.objects.filter(username=name).first()
        if found is None:
            raise CommandError(_("There is no user %(name)s. Make one: manage.py createauthor") % {"name": name})
        return found
    found = User.objects.filter(is_staff=True, is_active=True).order_by("pk").first()
    if found is None:
        raise CommandError(_("There is no author yet. Make one: manage.py createauthor"))
    return found
