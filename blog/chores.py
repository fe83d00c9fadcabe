"""What is to be done now and then, by one process at a time: the server does it by itself, `manage.py chores` at once.

A room declares its own, in a module that blog/apps.py imports:

    @chore(every=timedelta(days=1))
    def water_plants() -> str:
        ...
        return _("%(n)d plants watered") % {"n": n}
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

logger = logging.getLogger(__name__)

LEASE = timedelta(hours=1)
"""After which one that was begun and not ended is begun again."""


class ChoreTime(models.Model):
    """When a chore was done, and when it is due again."""

    name = models.CharField(max_length=50, primary_key=True)
    due_at = models.DateTimeField(default=timezone.now)
    busy_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Chore:
    name: str
    every: timedelta
    work: Callable[[], str]
    """Does it, and says in a few words what was done."""

    def do(self, *, only_if_due: bool = False) -> str | None:
        """What it says it has done; None where it is not due, or another process is at it."""
        ChoreTime.objects.get_or_create(name=self.name)
        began = timezone.now()
        mine = ChoreTime.objects.filter(Q(busy_until=None) | Q(busy_until__lt=began), name=self.name)
        if only_if_due:
            mine = mine.filter(due_at__lte=began)
        until = began + LEASE
        if not mine.update(busy_until=until):
            return None
        said = self.work()
        ChoreTime.objects.filter(name=self.name, busy_until=until).update(
            busy_until=None, due_at=began + self.every, done_at=timezone.now(), said=said[:500]
        )
        return said


CHORES: dict[str, Chore] = {}


def chore(*, every: timedelta) -> Callable[[Callable[[], str]], Callable[[], str]]:
    def declare(work: Callable[[], str]) -> Callable[[], str]:
        CHORES[work.__name__] = Chore(work.__name__, every, work)
        return work

    return declare


def do_due() -> Iterator[tuple[str, str]]:
    """Each that is due, with what it said. One that fails is tried again after LEASE, and hinders no other."""
    not_due = set(
        ChoreTime.objects.filter(Q(due_at__gt=timezone.now()) | Q(busy_until__gt=timezone.now())).values_list(
            "name", flat=True
        )
    )
    for name in CHORES.keys() - not_due:
        try:
            said = CHORES[name].do(only_if_due=True)
        except Exception:  # of any room
            logger.exception("The chore %s failed", name)
        else:
            if said is not None:
                yield name, said
