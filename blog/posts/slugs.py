"""Addresses from titles; Chinese stays Chinese."""

import unicodedata

from django.db import models
from django.utils.text import slugify

MAX_LENGTH = 100


def slug_for(title: str) -> str:
    """A title as a path segment: `"异步 Django: 一"` gives `"异步-django-一"`. Empty if nothing is left."""
    # Full-width punctuation would be dropped by slugify and its words run together.
    spaced = "".join(" " if unicodedata.category(c)[0] in "PSZ" and c not in "-_'’" else c for c in title)
    return slugify(spaced, allow_unicode=True)[:MAX_LENGTH].strip("-_")


def free_slug(model: type[models.Model], title: str, *, fallback: str = "") -> str:
    """A slug for `title` that no row of `model` has: -2, -3 are added where needed."""
    slug = slug_for(title) or fallback or model._meta.model_name
    taken = set(model._base_manager.filter(slug__startswith=slug).values_list("slug", flat=True))
    candidate, n = slug, 1
    while candidate in taken:
        n += 1
        candidate = f"{slug}-{n}"
    return candidate
