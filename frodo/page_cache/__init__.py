"""Full-page cache in process memory, in front of Django (docs/page-cache.md)."""

from frodo.page_cache.cache import SURROGATE_KEY, PageCache
from frodo.page_cache.cache_key import shared
from frodo.page_cache.versions import Change, Source, State, publish_change
