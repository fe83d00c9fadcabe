"""The page cache's access to the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F

from blog.posts.models import Post
from blog.site.models import SiteVersion
from frodo.page_cache import State
from frodo.site_settings import SNAPSHOT, check_version, site
from frodo.snapshots import SnapshotVersion

on_views: list[Callable[[dict[int, int]], None]] = []
"""Told of the numbers of views by id of the post, in the transaction that writes them."""
on_visits: list[Callable[[dict[str, int], dict[tuple[str, bytes], int]], None]] = []
"""Told of referring hosts, and of paths with query strings, with their numbers."""


class PageCacheSource:
    """The source of the page cache."""

    def state(self, since: float) -> State:
        moment = datetime.fromtimestamp(since, UTC)
        due = Post.threads.appearing_after(moment).values("published_at")[:1]
        saved = SnapshotVersion.objects.filter(pk=SNAPSHOT).values("version")[:1]
        found = SiteVersion.objects.filter(pk=SiteVersion.ONLY).annotate(due=due, settings=saved)
        row = found.values_list("n", "due", "settings").first()
        n, next_post, version = row or (0, due.values_list("published_at", flat=True).first(), site.version)
        check_version(version)
        times = [next_post.timestamp()] if next_post else []
        if days := site.COMMENT_CLOSE_DAYS:
            # A page is not to show a form for comments that are not taken any more.
            closing = Post.threads.closing_after(moment, days).values_list("published_at", flat=True).first()
            times += [(closing + timedelta(days=days)).timestamp()] if closing else []
        return State(n, min(times, default=None))

    @transaction.atomic
    def add_views(self, views: dict[str, int]) -> None:
        by_post = {int(about): n for about, n in sorted(views.items(), key=lambda item: int(item[0]))}
        for pk, n in by_post.items():
            Post.threads.filter(pk=pk).update(n_views=F("n_views") + n)
        for record in on_views:
            record(by_post)

    def add_visits(self, referrers: dict[str, int], queries: dict[tuple[str, bytes], int]) -> None:
        for record_visits in on_visits:
            record_visits(referrers, queries)
