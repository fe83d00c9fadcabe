from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from blog.chores import CHORES


class Command(BaseCommand):
    help = "Erases network addresses and e-mails older than COMMENT_FORGET_DAYS. It is one of the daily chores."

    def handle(self, **options) -> None:
        said = CHORES["forget"].do()
        self.stdout.write(_("Another process is at it.") if said is None else said)
