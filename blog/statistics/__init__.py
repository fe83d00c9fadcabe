"""What is read, where readers come from and what they search for: numbers by day, without cookies and IP addresses.

The page cache counts in memory what browsers open (robots left out) and writes the numbers every few seconds.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from blog.statistics.models import TOTAL, DailyReferrer, DailySearch, DailyViews
from frodo.site_settings import site
from frodo.text import clean_text

MOST_NAMES = 500
"""Different referring hosts, and search terms, of a day: anybody can make some up."""
KEEP_NAMES = timedelta(days=400)
KEEP_POSTS = timedelta(days=800)
"""Of each post; the totals of a day are kept for ever."""
MOST_LETTERS = 100


def today() -> date:
    return timezone.localdate(timezone=ZoneInfo(site.TIME_ZONE))


def add_views(views: dict[int, int]) -> None:
    """Add views by id of the post. In the caller's transaction; ids in order, so that processes do not deadlock."""
    day = today()
    for post, n in sorted({**views, TOTAL: sum(views.values())}.items()):
        if not DailyViews.objects.filter(date=day, post=post).update(n=F("n") + n):
            DailyViews.objects.get_or_create(date=day, post=post)
            DailyViews.objects.filter(date=day, post=post).update(n=F("n") + n)


@transaction.atomic
def add_visits(referrers: dict[str, int], queries: dict[tuple[str, bytes], int]) -> None:
    add_names(DailyReferrer, referrers)
    searches: Counter[str] = Counter()
    for (path, query), n in queries.items():
        if path == reverse("search") and (words := search_words(query)):
            searches[words] += n
    add_names(DailySearch, searches)


def search_words(query: bytes) -> str:
    """What was searched for; empty for further pages of the results, which are no new search."""
    asked = parse_qs(query.decode("latin-1"))
    if asked.get("page", ["1"])[-1] != "1":
        return ""
    return " ".join(clean_text(asked.get("q", [""])[-1]).lower().split())[:MOST_LETTERS]


def add_names(model: Any, counts: dict[str, int]) -> None:
    if not counts:
        return
    day = today()
    known = set(model._default_manager.filter(date=day).values_list("name", flat=True))
    for name, n in sorted(counts.items()):
        if name not in known:
            if len(known) >= MOST_NAMES:
                continue
            model._default_manager.get_or_create(date=day, name=name)
            known.add(name)
        model._default_manager.filter(date=day, name=name).update(n=F("n") + n)


def delete_old() -> None:
    """The job `delete_old_statistics`."""
    for model in (DailyReferrer, DailySearch):
        model._default_manager.filter(date__lt=today() - KEEP_NAMES).delete()
    DailyViews.objects.filter(date__lt=today() - KEEP_POSTS).exclude(post=TOTAL).delete()
