"""What admin pages share: lists that stay fast with 200,000 rows, permissions, filters, chips and thumbnails."""

import re
from datetime import datetime
from typing import Any, Literal, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from blog.site.models import BlogrollLink
from blog.site.pagination import rows_of
from frodo.text import StrOrPromise


class KeysFirst(ChangeList):
    """Selects the primary keys of a page first, which an index can answer, then the rows.

    In a single query MariaDB starts with the smallest joined table and sorts all rows with their long columns.
    """

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.list_editable:
            return  # a formset needs a queryset
        keys = list(self.result_list.values_list("pk", flat=True))
        owner = cast(LargeListAdmin, self.model_admin)
        rows, prefetched = self.queryset.defer(*owner.list_defer), owner.list_prefetch
        self.result_list = rows_of(keys, rows.select_related(None) if prefetched else rows)
        prefetch_related_objects(self.result_list, *prefetched)
        owner.prepare_list(request, self.result_list)


class LargeListAdmin(admin.ModelAdmin):
    """For models with many rows."""

    list_defer: tuple[str, ...] = ()
    """Long columns that the list does not show."""
    list_prefetch: tuple[str, ...] = ()
    """Instead of `list_select_related` where few rows are joined with many: MariaDB would start with the few."""
    show_full_result_count = False

    list_title: StrOrPromise = ""
    """In place of the model's plural."""
    empty_text: StrOrPromise = ""
    """Shown by an empty list."""

    def prepare_list(self, request: HttpRequest, rows: list) -> None:
        """Called with the rows of a page before they are shown."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysFirst


class ReadOnlyMixin:
    """For rows that only the program adds and changes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SuperuserAdmin(admin.ModelAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission


MOST_YEARS = 50


class PeriodFilter(admin.SimpleListFilter):
    """Filter by year and month.

    Instead of `date_hierarchy`, which reads all rows and needs the database's time zone tables, empty by default on
    MariaDB and MySQL.
    """

    title = _("date")
    parameter_name = "period"
    column: str

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        moments = model_admin.get_queryset(request).filter(**{f"{self.column}__isnull": False})
        moments = moments.order_by(self.column).values_list(self.column, flat=True)
        # One after the other: an index has both ends at hand, but for both at once SQLite reads the whole.
        first, last = moments.first(), moments.last()
        if first is None:
            return []
        first, last = timezone.localtime(first).year, timezone.localtime(last).year
        years = [str(year) for year in range(last, max(first, last - MOST_YEARS) - 1, -1)]
        chosen = (self.value() or "")[:4]
        return [
            (period, period)
            for year in years
            for period in (year, *(f"{year}-{month:02}" for month in range(1, 13) if year == chosen))
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        found = re.fullmatch(r"([1-9]\d{3})(?:-(0[1-9]|1[0-2]))?", self.value() or "", re.ASCII)
        if found is None:
            return rows
        year, month = int(found[1]), int(found[2]) if found[2] else None
        if year == 9999:
            return rows.none()
        start = midnight(year, month or 1)
        end = midnight(year + (month in (None, 12)), 1 if month in (None, 12) else month + 1)
        return rows.filter(**{f"{self.column}__gte": start, f"{self.column}__lt": end})


def midnight(year: int, month: int) -> datetime:
    return timezone.make_aware(datetime(year, month, 1))


class CreatedFilter(PeriodFilter):
    column = "created_at"


class PublishedFilter(PeriodFilter):
    column = "published_at"


Meaning = Literal["", "good", "waiting", "bad"]


def chip(words: str | Promise, meaning: Meaning = "") -> SafeString:
    return format_html('<span class="chip{}">{}</span>', f" is-{meaning}" if meaning else "", words)


def thumbnail(url: str) -> SafeString:
    """An empty box for a row without an image. Images of other hosts are not told which page shows them."""
    if not url:
        return mark_safe('<span class="list-thumb"></span>')
    return format_html(
        '<img class="list-thumb" src="{}" alt="" width="64" height="42" loading="lazy" referrerpolicy="no-referrer">',
        url,
    )


@admin.register(BlogrollLink)
class BlogrollLinkAdmin(LargeListAdmin):
    empty_text = _("Blogs that you recommend. They appear on the page /blogroll/ and in its OPML file.")
    list_display = ["name", "url", "feed_url", "position"]
    list_editable = ["position"]
    search_fields = ["name", "url"]
