from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from blog.activities.models import ActivityEvent
from blog.events.pruning import prune


class Command(BaseCommand):
    help = "Deletes events older than EVENTS_KEEP_DAYS, as the server does by itself now and then."

    def handle(self, **options) -> None:
        n = prune() + prune(ActivityEvent)
        self.stdout.write(ngettext("%(n)d event deleted.", "%(n)d events deleted.", n) % {"n": n})
