"""`/admin/statistics/`, and the same as CSV."""

import csv

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from blog.statistics import reports
from blog.statistics.charts import bar_chart

PERMISSION = "blog.view_dailyviews"
PERIODS = {
    "day": gettext_lazy("Days"),
    "week": gettext_lazy("Weeks"),
    "month": gettext_lazy("Months"),
    "year": pgettext_lazy("statistics", "Years"),
}
UNSAFE = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    by = request.GET.get("by", "day")
    if by not in PERIODS:
        raise Http404
    report = reports.report(by)
    if request.GET.get("format") == "csv":
        return as_csv(report)
    context = {
        **admin.site.each_context(request),
        "title": _("Statistics"),
        "report": report,
        "chart": bar_chart(report.bars),
        "periods": [(name, words, name == by) for name, words in PERIODS.items()],
    }
    return render(request, "admin/statistics/statistics.html", context)


def as_csv(report: reports.Report) -> HttpResponse:
    """One table: what, name, number. The first column keeps the kinds apart."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{report.by}.csv"'
    response.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # else Excel does not take it for UTF-8
    table = csv.writer(response)
    table.writerow(["kind", "name", "views"])
    table.writerows(("date", bar.start.isoformat(), bar.n) for bar in report.bars)
    table.writerows(("post", safe(post.title), n) for post, n in report.posts)
    table.writerows(("referrer", safe(name), n) for name, n in report.referrers)
    table.writerows(("search", safe(name), n) for name, n in report.searches)
    return response


def safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(UNSAFE) else cell


view = admin.site.admin_view(statistics)
