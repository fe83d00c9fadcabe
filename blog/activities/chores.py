"""What is done for activities now and then."""

from datetime import timedelta

from django.utils.translation import gettext as _

from blog.activities.looking import look_at_next
from blog.activities.models import ActivityEvent
from blog.chores import chore
from blog.events.pruning import prune


@chore(every=timedelta(hours=6))
def prune_activity_events() -> str:
    return _("%(n)d events pruned") % {"n": prune(ActivityEvent)}


@chore(every=timedelta(hours=1))
def look_at_activity_links() -> str:
    """The server looks at new ones at once; this is for whoever runs chores instead."""
    n = 0
    while look_at_next():
        n += 1
    return _("%(n)d links looked at") % {"n": n}
