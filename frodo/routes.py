"""Addresses of what is shown in lists: Django works one out in some 30 microseconds, a list needs a hundred."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

MOST = 20_000


def address_of(name: str, *args: str | int) -> str:
    """`reverse(name, args=args)`, remembered."""
    return remembered(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, args)


@lru_cache(MOST)
def remembered(urlconf: str, prefix: str, name: str, args: tuple) -> str:
    return reverse(name, urlconf, args)
