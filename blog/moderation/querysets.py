from django.db import models
from django.db.models import Q
from django.utils import timezone


class BlockQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()), lifted_at=None)

    def about(self, user, visitor: str):
        """Those that may be meant: all networks, for which one it is in cannot be asked in SQL."""
        mine = ~Q(network="")
        if user is not None:
            mine |= Q(user=user)
        if visitor:
            mine |= Q(visitor=visitor)
        return self.filter(mine)


class DecisionQuerySet(models.QuerySet):
    def standing(self):
        """Not undone."""
        return self.filter(undone_at=None)

    def of_people(self):
        return self.filter(way__in=["admin", "link"])

    def for_history(self):
        return self.select_related("by", "undone_by")


class FloodQuerySet(models.QuerySet):
    def now(self):
        """The one in which we are, if any."""
        return self.filter(until__gt=timezone.now(), ended_at=None).first()
