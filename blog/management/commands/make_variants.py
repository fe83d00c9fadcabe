from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from blog.media import services
from blog.media.models import Upload


class Command(BaseCommand):
    help = "Makes the smaller copies of all pictures anew, as after a change of UPLOAD_WIDTHS, in background jobs."

    def handle(self, **options: Any) -> None:
        n = services.copy_anew(Upload.objects.all())
        self.stdout.write(_("Jobs enqueued: %(n)d.") % {"n": n})
