"""What a search finds: keys of posts, the best first. Sync; called in a database thread."""

import logging
import time
from collections import Counter
from typing import Any

import tantivy

from blog.search.containment import containing
from blog.search.indexing import update_index
from blog.search.matching import to_tantivy, unknown_words
from blog.search.query import Query, SearchResults
from blog.search.schema import version
from blog.search.state import State, forget_state, path_of, read_state

logger = logging.getLogger(__name__)

AT_ONCE, BUILT_AT_ONCE = 20, 200
"""A search itself applies changes of so many posts, so that it finds what was just written, and builds the index of a
blog of so many. More is the indexer's."""
COUNTED = 1000
"""Hits whose years are counted in Python after a slow search; for more, and after a quick one, by the index."""


def search(query: Query, start: int = 0, limit: int = 10) -> SearchResults:
    """Published posts and activities that match. One that was hidden right now may still be named: look at each."""
    if not query:
        return SearchResults()
    try:
        is_up_to_date = update_index(at_most=AT_ONCE, built_at_most=BUILT_AT_ONCE)
    except (OSError, ValueError):  # a full disk, a folder that is not ours
        logger.exception("The search index cannot be kept up")
        is_up_to_date = False
    found = from_index(query, start, limit) or containing(query, start, limit)
    found.is_current &= is_up_to_date
    return found


def from_index(query: Query, start: int, limit: int) -> SearchResults | None:
    """None where there is no index that can be read."""
    state = None
    for _attempt in range(2):  # another process may have exchanged the files meanwhile
        before, state = state, read_state()
        if state is None or state.version != version():
            return None
        try:
            return ask(query, reader.searcher(state), start, limit)
        except (OSError, ValueError):
            logger.warning("The search index cannot be read", exc_info=True)
            reader.opened = None
            if state == before:
                forget_state()
    return None


def ask(query: Query, searcher: tantivy.Searcher, start: int, limit: int) -> SearchResults:
    now, unknown = int(time.time()), unknown_words(query, searcher)
    most = max(start + limit, COUNTED if unknown else 1)
    for is_loose in (False, True):
        wanted = to_tantivy(query, unknown, now, is_loose=is_loose)
        found: Any = searcher.search(wanted, most, weight_by_field="weight")
        if found.count:
            break
    addresses = [address for _score, address in found.hits]
    keys = searcher.fast_field_values("id", addresses[start : start + limit])
    years: dict[int, int] = {}
    if found.count > limit:  # all on one page need no filter
        is_whole = found.count == len(addresses)
        years = counted_years(addresses, searcher) if is_whole else asked_years(wanted, searcher)
    years = dict(sorted(years.items(), reverse=True))
    return SearchResults([int(key or 0) for key in keys], found.count, years, is_loose and bool(found.count))


def counted_years(addresses: list[tantivy.DocAddress], searcher: tantivy.Searcher) -> dict[int, int]:
    return Counter(int(year or 0) for year in searcher.fast_field_values("year", addresses))


def asked_years(wanted: tantivy.Query, searcher: tantivy.Searcher) -> dict[int, int]:
    buckets = searcher.aggregate(wanted, {"years": {"terms": {"field": "year", "size": 100}}})["years"]["buckets"]
    return {int(each["key"]): each["doc_count"] for each in buckets}


class Reader:
    """The index that is open in this process; looks again when the state says that it has changed."""

    def __init__(self) -> None:
        self.opened: tuple[State, tantivy.Index] | None = None

    def searcher(self, state: State) -> tantivy.Searcher:
        opened = self.opened
        if opened is not None and opened[0] == state:
            return opened[1].searcher()
        if opened is not None and opened[0].folder == state.folder:
            index = opened[1]
            index.reload()
        else:
            index = tantivy.Index.open(str(path_of(state)))
            index.config_reader("manual")
            index.reload()
        self.opened = state, index
        return index.searcher()


reader = Reader()
