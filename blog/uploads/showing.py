"""Where a picture is shown. Rooms that show pictures say how to find out."""

from collections.abc import Callable, Iterable
from typing import Protocol

from blog.uploads.models import Upload


class Shows(Protocol):
    """A row that shows pictures."""

    url: str
    is_visible: bool

    def render_anew(self) -> None: ...


Find = Callable[[Upload], Iterable[Shows]]
finders: list[Find] = []


def register(find: Find) -> Find:
    """`find(upload)` returns the rows that show it, as they are now."""
    finders.append(find)
    return find


def rows(upload: Upload) -> list[Shows]:
    return [row for find in finders for row in find(upload)]


def places(upload: Upload) -> list[dict]:
    return [{"title": str(row), "url": row.url, "is_visible": row.is_visible} for row in rows(upload)]
