from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from blog.importers.demo import has_other_posts, remove_demo, write_demo
from frodo.site_settings import saved_settings


class Command(BaseCommand):
    help = "Writes posts, pages, activities and comments that show what can be written, in English and in Chinese."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--author", help="whose posts they become; without it, the first author's")
        parser.add_argument("--force", action="store_true", help="go on where the blog has posts of its own")
        parser.add_argument("--remove", action="store_true", help="remove the demo posts that nobody has changed")

    @saved_settings()
    def handle(self, *, author: str | None, force: bool, remove: bool, **options: Any) -> None:
        if remove:
            n_removed, n_kept = remove_demo()
            self.stdout.write(_("Removed: %(n)d.") % {"n": n_removed})
            if n_kept:
                self.stdout.write(_("Kept, because they were changed: %(n)d.") % {"n": n_kept})
            return
        if has_other_posts() and not force:
            raise CommandError(_("This blog has posts of its own. With --force, demo posts join them."))
        new = write_demo(find_author(author))
        self.stdout.write(_("Written: %(n)d.") % {"n": len(new)})


def find_author(username: str | None) -> User:
    if username:
        author = User.objects.filter(username=username).first()
        if not author:
            raise CommandError(_("There is no user “%(username)s”.") % {"username": username})
        return author
    author = User.objects.filter(is_staff=True).order_by("id").first()
    if not author:
        raise CommandError(_("There is no author yet: manage.py createauthor NAME makes one."))
    return author
