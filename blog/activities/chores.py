"""What is done for activities now and then."""

from datetime import timedelta

from django.utils.translation import gettext as _

from blog.activities.models import ActivityEvent
from blog.chores import chore
from blog.events.pruning import prune


@chore(every=timedelta(hours=6))
def prune_activity_events() -> str:
    return _("%(n)d events pruned") % {"n": prune(ActivityEvent)}
