from collections import OrderedDict
from collections.abc import Callable, Hashable

from frodo.page_cache.entry import Entry


class Store:
    """An LRU store of entries, limited in bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.entries: OrderedDict[Hashable, Entry] = OrderedDict()

    def put(self, key: Hashable, entry: Entry) -> None:
        self.drop(key)
        self.entries[key] = entry
        entry.weighed = 0
        self.weigh(key, entry)

    def drop(self, key: Hashable) -> None:
        entry = self.entries.pop(key, None)
        if entry is not None:
            self.size -= entry.weighed

    def weigh(self, key: Hashable, entry: Entry) -> None:
        """Update the size of an entry that may have grown."""
        if self.entries.get(key) is entry:
            self.size += entry.size - entry.weighed
            entry.weighed = entry.size
            self.make_room()

    def make_room(self) -> None:
        while self.size > self.limit:
            self.size -= self.entries.popitem(last=False)[1].weighed

    def expire(self, which: Callable[[Entry], bool], *, is_hard: bool) -> None:
        """Expire entries; those taken away are dropped."""
        for key in [key for key, entry in self.entries.items() if which(entry)]:
            if is_hard:
                self.drop(key)
            else:
                self.entries[key].until = 0.0
