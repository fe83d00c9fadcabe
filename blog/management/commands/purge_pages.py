from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from blog.invalidation import purge_pages


class Command(BaseCommand):
    help = "Has every running server make its pages anew, as after a change by SQL or of a template."

    def handle(self, **options) -> None:
        purge_pages(taken_away=True)
        self.stdout.write(_("Every server makes its pages anew; each hears of it within a second."))
