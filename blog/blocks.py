"""The blocks of every page, beside or below it, as the site settings choose them.

What they show is kept under the version of the site's content and of its settings, so each process notices a change of
posts, tags, links and settings, which also purges the pages. What is most read may be MOST_READ_SECONDS old. The latest
comments are no part of a page: a comment would purge all pages. static/js/blocks.js fetches them from a page of their
own, which each comment purges; without it there is a link to that page.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.db.models import QuerySet

from blog.posts.counts import cloud_weight, counts
from blog.posts.models import Post, Tag
from blog.site.models import BlogrollLink, SiteVersion
from blog.statistics import reports, today
from frodo.site_settings import site

MOST_READ_SECONDS = 600
MOST_READ_DAYS = 30


def blocks_context() -> dict:
    """Template context of the blocks; no query if there are none. After the menu's, which loads changed settings."""
    if not site.BLOCKS:
        return {"blocks": []}
    if transaction.get_connection().in_atomic_block:
        return {"blocks": load()}  # what the transaction has changed has no version yet
    cache, key = caches["default"], f"blocks:{SiteVersion.objects.content()}:{site.version}"
    return {"blocks": cache.get_or_set(key, load, MOST_READ_SECONDS)}


def load() -> list[dict[str, Any]]:
    """The blocks with their items, without empty lists."""
    blocks = [{**block, "items": ITEMS[block["kind"]](block["n"])} for block in site.BLOCKS]
    return [block for block in blocks if block["items"] or ITEMS[block["kind"]] is no_items]


def tag_cloud(n: int) -> list[dict[str, Any]]:
    """The most used tags by name, each with its weight."""
    numbers = counts().tags
    most = dict(numbers.most_common(n))
    tags = sorted(Tag.objects.filter(pk__in=most), key=lambda tag: tag.name_key)
    top = max(most.values(), default=1)
    return [{"title": tag.name, "url": tag.url, "weight": cloud_weight(most[tag.pk], top)} for tag in tags]


def most_read(n: int) -> list[dict[str, Any]]:
    rows = reports.most_read(today() - timedelta(days=MOST_READ_DAYS), n, Post.objects.published())
    links = links_of(Post.objects.published().filter(pk__in=[post.pk for post, _n in rows]))
    return [links[post.pk] for post, _n in rows if post.pk in links]


def links_of(posts: QuerySet[Post]) -> dict[int, dict[str, Any]]:
    links = posts.order_by().only("title", "slug", "language", "status", "published_at")
    return {post.pk: {"title": post.title, "url": post.url, "language": post.language} for post in links}


def blogroll(n: int) -> list[dict[str, Any]]:
    links = BlogrollLink.objects.all()[:n]
    return [{"title": link.name, "url": link.url, "description": link.description} for link in links]


def no_items(n: int) -> list[dict[str, Any]]:
    return []


ITEMS: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "about": no_items,
    "tags": tag_cloud,
    "comments": no_items,
    "most_read": most_read,
    "blogroll": blogroll,
    "markdown": no_items,
}
