"""Which letters, read as English: `Letter.objects.due()`."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone


class LetterQuerySet(models.QuerySet):
    def queued(self):
        return self.filter(state="queued")

    def due(self):
        """The longest due first."""
        return self.queued().filter(due_at__lte=timezone.now()).order_by("due_at", "id")

    def left_behind(self):
        """Taken by a process that did not come back."""
        return self.filter(state__in=["taken", "handed"], taken_until__lt=timezone.now())

    def stuck(self, since: timedelta):
        """Due for so long, though something should have been sending."""
        return self.filter(Q(state="queued", due_at__lt=timezone.now() - since) | Q(pk__in=self.left_behind()))

    def for_sending(self):
        return self.select_related("mailbox", "user", "comment__user", "comment__post__author", "comment__parent__user")
