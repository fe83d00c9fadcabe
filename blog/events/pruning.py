"""Old events go: whoever was away for longer reads the thread anew (`reset`)."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from blog.chores import chore
from blog.events.models import Event

AT_ONCE = 1000
"""In small steps, so that nobody who writes waits for long."""


@chore(every=timedelta(hours=6))
def prune_events() -> str:
    return _("%(n)d events pruned") % {"n": prune()}


def prune(table: type[models.Model] = Event) -> int:
    """Delete events older than EVENTS_KEEP_DAYS, and return how many. Numbers go on: they are the posts'."""
    if not settings.EVENTS_KEEP_DAYS:
        return 0
    old = table.objects.filter(created_at__lt=timezone.now() - timedelta(days=settings.EVENTS_KEEP_DAYS))
    n_deleted = 0
    while ids := list(old.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]):
        n_deleted += table.objects.filter(pk__in=ids).delete()[0]
    return n_deleted
