"""Pagination of long lists by page number."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from frodo.site_settings import site

NEIGHBOURS = 2
"""Linked pages on each side of the current one."""


MOST = 10**9
"""Upper bound of page numbers."""


@dataclass(frozen=True)
class Link:
    number: int | None
    """None stands for an ellipsis."""
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Page:
    number: int
    n_pages: int
    n_objects: int
    address: Callable[[int], str] = field(repr=False)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.n_pages

    @property
    def previous_url(self) -> str:
        return self.address(self.number - 1) if self.has_previous else ""

    @property
    def next_url(self) -> str:
        return self.address(self.number + 1) if self.has_next else ""

    @property
    def links(self) -> Iterator[Link]:
        """First, last and neighbours: `1 … 4 5 [6] 7 8 … 20`."""
        before = 0
        first, last = max(1, self.number - NEIGHBOURS), min(self.n_pages, self.number + NEIGHBOURS)
        for number in sorted({1, *range(first, last + 1), self.n_pages}):
            if number - before > 1:
                yield Link(None)
            yield Link(number, self.address(number), number == self.number)
            before = number


def names_first_page(request: HttpRequest) -> bool:
    """Whether the URL ends in `page/1/`. That page has a URL without a number, to which it should redirect."""
    return request.resolver_match is not None and request.resolver_match.kwargs.get("number") == 1


def rows_of(keys: list[int], like: QuerySet) -> list:
    """The rows with these keys, in this order, with the columns and joins of `like`.

    Its filters are not repeated: with them SQLite would read a whole index.
    """
    rows = like.model._base_manager.using(like.db).order_by()
    rows.query.deferred_loading = like.query.deferred_loading
    rows.query.select_related = like.query.select_related
    by_key = rows.in_bulk(keys)
    return [by_key[key] for key in keys if key in by_key]


def slice_of(keys: QuerySet, start: int, stop: int, n: int) -> list[int]:
    """Items `start` to `stop` of `n` keys, skipped from the nearer end."""
    if start <= n // 2:
        return list(keys[start:stop])
    return list(keys.reverse()[max(0, n - stop) : max(0, n - start)])[::-1]


async def take_page(
    rows: QuerySet,
    number: int,
    address: Callable[[int], str],
    per_page: int | None = None,
    *,
    count: Callable[[], int] | None = None,
) -> tuple[QuerySet | list, Page]:
    """The rows of page `number`, from 1, and its Page. Raises Http404 beyond the last; page 1 may be empty.

    Beyond the first page the keys are selected first, which an index can answer: to skip rows, a database reads them,
    and posts are long. `count`: the total if known.
    """
    if not 0 < number <= MOST:
        raise Http404
    per_page = per_page or site.POSTS_PER_PAGE
    here = slice((number - 1) * per_page, number * per_page)

    def ask() -> tuple[int, QuerySet | list]:
        keys = rows.values_list("pk", flat=True)
        n_rows = rows.count() if count is None else count()
        if number == 1:
            return n_rows, rows[here]
        return n_rows, rows_of(slice_of(keys, here.start, min(here.stop, n_rows), n_rows), rows)

    n_objects, found = await sync_to_async(ask)()
    page = Page(number, max(1, ceil(n_objects / per_page)), n_objects, address)
    if number > page.n_pages:
        raise Http404
    return found, page
