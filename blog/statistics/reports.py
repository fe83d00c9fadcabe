"""What the statistics page and the dashboard show: a fixed number of queries, whatever there is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Min, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from blog.posts.models import Post
from blog.statistics import today
from blog.statistics.models import TOTAL, DailyReferrer, DailySearch, DailyViews

MOST_YEARS = 20
MOST_ROWS = 20
BARS = {"day": 30, "week": 26, "month": 24}
"""How many bars a chart has; of years, as many as there are."""


class Bar(NamedTuple):
    start: date
    label: str
    n: int


@dataclass(frozen=True)
class Report:
    by: str
    bars: list[Bar]
    posts: list[tuple[Post, int]]
    referrers: list[tuple[str, int]]
    searches: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(bar.n for bar in self.bars)

    @property
    def start(self) -> date:
        return self.bars[0].start


STARTS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def report(by: str) -> Report:
    """Views by day, week, month or year, and what led to them in the time that the bars show."""
    bars = views(by)
    start = bars[0].start
    return Report(by, bars, most_read(start), most_named(DailyReferrer, start), most_named(DailySearch, start))


def views(by: str, n_bars: int | None = None) -> list[Bar]:
    start_of = STARTS[by]
    starts = [start_of(today())]
    totals = DailyViews.objects.filter(post=TOTAL)
    wanted = n_bars or BARS.get(by)
    if wanted is None:
        first = totals.aggregate(first=Min("date"))["first"] or starts[0]
        wanted = min(starts[0].year - first.year + 1, MOST_YEARS)
    while len(starts) < wanted:
        starts.append(start_of(starts[-1] - timedelta(days=1)))
    counts = dict.fromkeys(reversed(starts), 0)
    for day, n in totals.filter(date__gte=starts[-1], date__lte=today()).values_list("date", "n"):
        counts[start_of(day)] += n
    return [Bar(start, label(by, start), n) for start, n in counts.items()]


def label(by: str, start: date) -> str:
    match by:
        case "year":
            return str(start.year)
        case "month":
            return date_format(start, "YEAR_MONTH_FORMAT")
        case "week":
            return _("Week of %(date)s") % {"date": date_format(start)}
    return date_format(start)


def most_read(since: date, n: int = MOST_ROWS, among: QuerySet | None = None) -> list[tuple[Post, int]]:
    """`among`: posts and activities; without it, all but those in the trash."""
    known: QuerySet[Any, Any] = (Post.threads.of_any_kind() if among is None else among).order_by().values("pk")
    rows = DailyViews.objects.filter(date__gte=since, post__in=known).values("post").annotate(total=Sum("n"))
    found = list(rows.order_by("-total", "post").values_list("post", "total")[:n])
    posts = Post.threads.only("title", "slug", "kind", "status", "published_at").in_bulk([pk for pk, _total in found])
    return [(posts[pk], total) for pk, total in found if pk in posts]


def most_named(model: Any, since: date, n: int = MOST_ROWS) -> list[tuple[str, int]]:
    rows = model._default_manager.filter(date__gte=since).values("name").annotate(total=Sum("n"))
    return list(rows.order_by("-total", "name").values_list("name", "total")[:n])
