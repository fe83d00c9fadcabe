"""What the commands `doctor` and `search_index` report about the index."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from blog.search.indexing import indexed_posts, is_current
from blog.search.models import SearchChange
from blog.search.schema import version
from blog.search.searching import reader
from blog.search.state import path_of, read_state

LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Status:
    is_there: bool
    """An index of this version can be read."""
    is_current: bool = False
    """All changes are applied."""
    is_late: bool = False
    """Changes of a minute ago are not applied."""
    n: int = 0
    """How many posts and activities it holds,"""
    n_wanted: int = 0
    """and how many it should."""
    megabytes: float = 0.0


def status() -> Status:
    state = read_state()
    if state is None or state.version != version():
        return Status(False)
    try:
        n = reader.searcher(state).num_docs
    except (OSError, ValueError):
        return Status(False)
    old = SearchChange.objects.filter(pk__gt=state.last, created_at__lt=timezone.now() - LATE)
    is_late = not is_current(state) and old.exists()
    size = sum(file.stat().st_size for file in path_of(state).iterdir())
    return Status(True, is_current(state), is_late, n, indexed_posts().count(), size / 1e6)
