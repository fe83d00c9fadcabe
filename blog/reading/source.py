"""What the page cache asks of the database, and tells it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from blog.posts.models import Post
from blog.reading.models import Edition
from frodo.page_cache import State


class Reading:
    """The Source of the page cache."""

    def state(self, since: float) -> State:
        moment = datetime.fromtimestamp(since, UTC)
        due = Post.threads.appearing_after(moment).values("published_at")[:1]
        found = Edition.objects.filter(pk=Edition.ONLY).annotate(due=due).values_list("n", "due").first()
        n, next_post = found or (0, due.values_list("published_at", flat=True).first())
        times = [next_post.timestamp()] if next_post else []
        if days := settings.COMMENT_CLOSE_DAYS:
            # A page is not to show a form for comments that are not taken any more.
            closing = Post.threads.closing_after(moment, days).values_list("published_at", flat=True).first()
            times += [(closing + timedelta(days=days)).timestamp()] if closing else []
        return State(n, min(times, default=None))

    @transaction.atomic
    def add_views(self, views: dict[str, int]) -> None:
        for pk, n in sorted((int(about), n) for about, n in views.items()):
            Post.threads.filter(pk=pk).update(n_views=F("n_views") + n)
