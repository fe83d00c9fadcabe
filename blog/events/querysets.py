from django.db import models


class EventQuerySet(models.QuerySet):
    def since(self, n: int):
        """What happened after event `n`, in order."""
        return self.filter(n__gt=n).order_by("n")
