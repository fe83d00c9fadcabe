"""Querysets of posts, `Post.objects.published().tagged(tag).for_list()`, and the fields that each page contains."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Func, Q
from django.db.models.lookups import Exact, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from blog.posts.models import Post, Tag, Topic

LINK = ("title", "url", "language", "published_at")
CARD = (
    *LINK,
    *("summary", "intro", "description", "cover_url", "cover_width", "cover_height", "cover_sources"),
    *("minutes", "views", "n_comments", "pinned"),
)
SEARCH_RESULT = (*CARD, "plain", "kind")
FEED = (*LINK, "id", "description", "html", "cover_url", "updated_at", "author", "tags")
DETAIL = (
    *("id", "slug", "title", "url", "language", "status", "published_at", "updated_at"),
    *("body", "toc", "description", "cover_url", "cover_width", "cover_height", "cover_sources", "share_image_url"),
    *("minutes", "views", "n_comments", "reactions", "last_event", "author", "tags", "topic", "live", "live_entries"),
    *("takes_comments", "comments_close_at"),
    *("visibility", "canonical_url", "meta_title", "meta_description", "translations"),
)
PAGE = (
    *("title", "language", "updated_at", "body", "toc", "description"),
    *("canonical_url", "meta_title", "meta_description"),
)
NEIGHBOURS = ("previous", "next", "series", "related")
"""Other posts, queried concurrently."""

N_OF_TAG = 200
"""Latest posts of one tag among which related posts are looked for."""


class Unindexed(Func):
    """A column to filter by that SQLite must not choose an index for.

    Nearly all posts are published, so the filter excludes few rows. SQLite without statistics would prefer an index
    with more matching columns to one in the order of the list, and sort all posts.
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


LINK_COLUMNS = ("title", "slug", "status", "published_at", "language", "topic")
DISCUSSION_COLUMNS = ("shares_comments", "translation_of")
"""What says whose discussion a post shows."""
UNPUBLISHED = ("draft", "pending")
"""Statuses of posts that only their writers see, whatever their time and visibility."""


class PostQuerySet(models.QuerySet):
    def published(self) -> Self:
        """What lists, feeds, the sitemap and the search show: posts that are published, for everyone."""
        return self.released().filter(Exact(Unindexed("visibility"), "public"))

    def released(self) -> Self:
        """Published posts of any visibility, including scheduled ones whose time has come. Who may read one of them is
        decided by blog.posts.access.
        """
        return self.dated().filter(LessThanOrEqual(Unindexed("published_at"), timezone.now()))

    def open_to_all(self) -> Self:
        """Published posts that everyone may read who has the URL: public and unlisted ones."""
        return self.released().filter(visibility__in=("public", "unlisted"))

    def not_listed(self) -> Self:
        """Published posts that lists do not show."""
        return self.released().filter(visibility__in=("unlisted", "password", "private"))

    def dated(self) -> Self:
        """All but drafts and posts that await review."""
        return self.exclude(status__in=UNPUBLISHED)

    def scheduled(self) -> Self:
        return self.dated().filter(published_at__gt=timezone.now())

    def appearing_after(self, moment: datetime) -> Self:
        """Scheduled after a moment, in order of time."""
        return self.of_any_kind().dated().filter(published_at__gt=moment).order_by("published_at")

    def closing_after(self, moment: datetime, days: int) -> Self:
        """Posts whose comments close by age after a moment, in order of time."""
        return (
            self.of_any_kind()
            .dated()
            .filter(comments_open=True, published_at__gt=moment - timedelta(days=days))
            .order_by("published_at")
        )

    def of_any_kind(self) -> Self:
        """Filter by kind explicitly, so that indexes beginning with it can be used."""
        return self.filter(kind__in=cast("type[Post]", self.model).Kind.values)

    def only(self, *names: str) -> Self:
        """The URL depends on the kind, and who may read it on the visibility, so these columns are always loaded."""
        return super().only(*names, "kind", "visibility")

    def drafts(self) -> Self:
        return self.filter(status="draft")

    def pending(self) -> Self:
        """Submitted for review by contributors, the longest waiting first."""
        return self.filter(status="pending").order_by("updated_at")

    def tagged(self, tag: "Tag") -> Self:
        return self.filter(tags=tag)

    def in_language(self, language: str) -> Self:
        """Of one language, or of all where it is empty."""
        return self.filter(language=language) if language else self

    def in_topic(self, topic: "Topic") -> Self:
        """In the order of the topic."""
        return self.filter(topic=topic).order_by("topic_order", "published_at", "id")

    def in_topics(self, keys: Iterable[int | None]) -> Self:
        """Posts of several topics, each in its order."""
        return (
            self.filter(topic__in=[key for key in keys if key])
            .order_by("topic_order", "published_at", "id")
            .for_links()
        )

    def by_author(self, user: "User") -> Self:
        return self.filter(author=user)

    def in_month(self, year: int, month: int) -> Self:
        """By a range, since MySQL knows no time zones unless somebody has loaded them."""
        return self.filter(published_at__gte=start_of(year, month), published_at__lt=start_of(year, month + 1))

    def count_months(self, year: int) -> dict[int, int]:
        """Numbers of posts by month, without empty months; one query."""
        found = (
            self.in_year(year)
            .order_by()
            .aggregate(
                **{
                    f"m{month}": Count(
                        "pk", Q(published_at__gte=start_of(year, month), published_at__lt=start_of(year, month + 1))
                    )
                    for month in range(1, 13)
                }
            )
        )
        return {month: n for month in range(1, 13) if (n := found[f"m{month}"])}

    def in_year(self, year: int) -> Self:
        return self.filter(published_at__year=year)

    def newest(self) -> Self:
        return self.order_by("-published_at", "-id")

    def pinned_first(self) -> Self:
        return self.order_by("-pinned", "-published_at", "-id")

    def before(self, post: "Post") -> Self:
        """Posts before `post`, nearest first."""
        when = post.published_at or timezone.now()
        # Not "or": an index that is read in order stops at the first one.
        return self.filter(published_at__lte=when).exclude(published_at=when, id__gte=post.pk).newest().for_links()

    def after(self, post: "Post") -> Self:
        """Posts after `post`, nearest first."""
        when = post.published_at or timezone.now()
        newer = self.filter(published_at__gte=when).exclude(published_at=when, id__lte=post.pk)
        return newer.order_by("published_at", "id").for_links()

    def related_to(self, post: "Post", n: int) -> list["Post"]:
        """Up to `n` posts that share tags with `post`: most shared tags first, then same language, then newest.

        Of each tag only the latest posts are considered, and among equals only the latest: the cost does not grow
        with the number of posts.
        """
        model = type(post)
        pairs: Any = model.tags.through._default_manager
        latest = [
            pairs.filter(tag=tag).exclude(post=post).order_by("-post").values_list("post")[:N_OF_TAG]
            for tag in pairs.filter(post=post).values_list("tag", flat=True)
        ]
        shared = Counter(key for (key,) in union_of(latest))
        likely = sorted(shared, key=lambda other: (shared[other], other), reverse=True)[: 16 * n]
        # Of any kind, for only posts have tags: by their kind SQLite would look for them among all posts.
        found = model.threads.published().filter(pk__in=likely).order_by().for_links()
        rank = {other: (shared[other.pk], other.language == post.language, other.published_at) for other in found}
        return sorted(rank, key=rank.__getitem__, reverse=True)[:n]

    def for_links(self) -> Self:
        """Columns of a link to a post."""
        return self.only(*LINK_COLUMNS)

    def for_list(self) -> Self:
        """Columns of lists, without long texts. Relations are loaded by `to_dicts` where requested."""
        return self.defer("text", "html", "toc", "plain", "front_matter", "imported")

    def for_discussion(self) -> Self:
        """What comments need of their post."""
        return self.only(
            *("slug", "status", "published_at", "comments_open", "approval", "author_id", "password"),
            *("n_comments", "reactions", "last_event", *DISCUSSION_COLUMNS),
        )

    def for_page(self) -> Self:
        """What a post's page shows; for one row, joins are cheaper than further queries."""
        return self.select_related("author", "topic").defer("text", "plain", "front_matter", "imported")

    def for_search(self) -> Self:
        """Columns of lists, and the text for search snippets."""
        return self.defer("text", "html", "toc", "front_matter", "imported")

    def for_feed(self) -> Self:
        # No join: from a table of one author a database likes to begin there, and sorts all posts in the end.
        return self.prefetch_related("author", "tags").defer("text", "plain", "front_matter", "imported")


def union_of(querysets: "list[models.QuerySet[Any]]") -> list[tuple[Any, ...]]:
    """Rows of all `querysets`, in one query. Django's `union` refuses those with a limit on SQLite."""
    if not querysets:
        return []
    connection = connections[querysets[0].db]
    parts = [queryset.query.get_compiler(connection=connection).as_sql() for queryset in querysets]
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part_{i}" for i, (sql, _) in enumerate(parts))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _, values in parts for value in values])
        return cursor.fetchall()


def start_of(year: int, month: int) -> datetime:
    """Midnight of its first day; month 13 is the next January."""
    return timezone.make_aware(datetime(year + month // 13, (month - 1) % 12 + 1, 1))


PostManagerBase = models.Manager.from_queryset(PostQuerySet)


class PostManager(PostManagerBase):
    """Posts only."""

    def get_queryset(self) -> PostQuerySet:
        return cast(PostQuerySet, super().get_queryset()).filter(kind="post")
