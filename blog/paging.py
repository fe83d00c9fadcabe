"""One page of a long list, and the links to the others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

NEAR = 2
"""How many neighbours of the current page are linked, on each side."""


MOST = 10**9
"""No list has so many pages, and no database counts much further."""


@dataclass(frozen=True)
class Link:
    number: int | None
    """None stands for left-out pages."""
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
        """First, last and the neighbours: `1 … 4 5 [6] 7 8 … 20`."""
        before = 0
        for number in range(1, self.n_pages + 1):
            if number in (1, self.n_pages) or abs(number - self.number) <= NEAR:
                if number - before > 1:
                    yield Link(None)
                yield Link(number, self.address(number), number == self.number)
                before = number


async def take_page(
    rows: QuerySet, number: int, address: Callable[[int], str], per_page: int | None = None, *, is_search: bool = False
) -> tuple[QuerySet, Page]:
    """The rows of page `number`, from 1, not asked yet, and its Page. Http404 beyond the last; page 1 may be empty.

    Beyond the first page keys are asked first, because an index can answer that: to skip rows, a database reads them,
    and posts are long. A search has to read all texts to count what it finds, so it tells all keys in the same go.
    """
    if not 0 < number <= MOST:
        raise Http404
    per_page = per_page or settings.POSTS_PER_PAGE
    here = slice((number - 1) * per_page, number * per_page)

    def ask() -> tuple[int, QuerySet]:
        keys = rows.values_list("pk", flat=True)
        if is_search:
            return len(keys), rows.filter(pk__in=keys[here])
        return rows.count(), rows[here] if number == 1 else rows.filter(pk__in=list(keys[here]))

    n_objects, found = await sync_to_async(ask)()
    page = Page(number, max(1, ceil(n_objects / per_page)), n_objects, address)
    if number > page.n_pages:
        raise Http404
    return found, page
