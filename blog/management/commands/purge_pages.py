from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from blog.cache_purging import purge_pages


class Command(BaseCommand):
    help = "Has every running server make its pages anew, as after a change by SQL or of a template."

    def handle(self, **options: Any) -> None:
        purge_pages(is_hard=True)
        self.stdout.write(_("Every server makes its pages anew; each hears of it within a second."))
