"""Which activities, read as English: `Activity.objects.published().for_list()`."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from blog.posts.querysets import PostQuerySet


class ActivityQuerySet(PostQuerySet):
    def of_any_kind(self):
        return self

    def for_list(self):
        """What is shown of one, in lists as on its own page."""
        return self.defer("toc", "plain", "front_matter", "imported")


class ActivityManager(models.Manager.from_queryset(ActivityQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(kind="activity")


class LinkQuerySet(models.QuerySet):
    def waiting(self):
        """Whose pages are to be looked at now; not those that another process is just looking at."""
        now = timezone.now()
        return self.filter(Q(busy_until=None) | Q(busy_until__lt=now), state="waiting", due_at__lte=now)
