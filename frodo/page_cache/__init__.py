"""Pages in front of Django, kept in this process's memory and the same for everyone (docs/page-cache.md)."""

from frodo.page_cache.asking import shared
from frodo.page_cache.cache import ABOUT, PageCache
from frodo.page_cache.watch import Change, Source, State, tell

__all__ = ["ABOUT", "Change", "PageCache", "Source", "State", "shared", "tell"]
