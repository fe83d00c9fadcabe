"""Which posts, read as English: `Post.objects.published().tagged("asgi").for_list()`."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone


class PostQuerySet(models.QuerySet):
    def published(self):
        """What readers may see. A scheduled post joins when its time has come, with nobody's help."""
        return self.exclude(status="draft").filter(published_at__lte=timezone.now())

    def scheduled(self):
        return self.exclude(status="draft").filter(published_at__gt=timezone.now())

    def appearing_after(self, moment: datetime):
        """Scheduled then, in the order of their time."""
        return self.of_any_kind().exclude(status="draft").filter(published_at__gt=moment).order_by("published_at")

    def closing_after(self, moment: datetime, days: int):
        """Too old for comments at some time after that moment, in the order of these times."""
        return (
            self.of_any_kind()
            .exclude(status="draft")
            .filter(comments_open=True, published_at__gt=moment - timedelta(days=days))
            .order_by("published_at")
        )

    def of_any_kind(self):
        """Said in words, so that the indexes that begin with the kind can be used."""
        return self.filter(kind__in=self.model.Kind.values)

    def only(self, *names: str):
        """The address depends on the kind, so that is never left out."""
        return super().only(*names, "kind")

    def drafts(self):
        return self.filter(status="draft")

    def tagged(self, slug: str):
        return self.filter(tags__slug=slug)

    def in_topic(self, slug: str):
        """In the order of the series."""
        return self.filter(topic__slug=slug).order_by("topic_order", "published_at", "id")

    def in_topics(self, keys):
        """Of several topics, each in the order of its series."""
        return (
            self.filter(topic__in=[key for key in keys if key])
            .order_by("topic_order", "published_at", "id")
            .for_links()
        )

    def in_year(self, year: int):
        return self.filter(published_at__year=year)

    def newest(self):
        return self.order_by("-published_at", "-id")

    def pinned_first(self):
        return self.order_by("-pinned", "-published_at", "-id")

    def before(self, post):
        """Older than `post`, the nearest first."""
        when = post.published_at or timezone.now()
        # Not "or": an index that is read in order stops at the first one.
        return self.filter(published_at__lte=when).exclude(published_at=when, id__gte=post.pk).newest().for_links()

    def after(self, post):
        """Newer than `post`, the nearest first."""
        when = post.published_at or timezone.now()
        newer = self.filter(published_at__gte=when).exclude(published_at=when, id__lte=post.pk)
        return newer.order_by("published_at", "id").for_links()

    def related_to(self, post):
        """Sharing tags with `post`: more of them first, then the same language, then the newest."""
        return (
            self.exclude(pk=post.pk)
            .filter(tags__in=post.tags.values("pk"))
            .annotate(n_shared=Count("tags"), same_language=Q(language=post.language))
            .order_by("-n_shared", "-same_language", "-published_at")
            .for_links()
        )

    def for_links(self):
        """What a link to a post shows, and no more."""
        return self.only("title", "slug", "status", "published_at", "language", "topic")

    def for_list(self):
        """What a list shows; the long columns stay behind. Relations come with `to_dicts`, where they are asked for."""
        return self.defer("text", "html", "toc", "plain", "front_matter", "imported")

    def for_page(self):
        """What a post's own page shows; for one row, joins are cheaper than queries of their own."""
        return self.select_related("author", "topic").defer("text", "plain", "front_matter", "imported")

    def for_search(self):
        """What a list shows, and the text in which to mark what was found."""
        return self.defer("text", "html", "toc", "front_matter", "imported")

    def for_feed(self):
        # No join: from a table of one author a database likes to begin there, and sorts all posts in the end.
        return self.prefetch_related("author", "tags").defer("text", "plain", "front_matter", "imported")


class PostManager(models.Manager.from_queryset(PostQuerySet)):
    """Posts, and nothing else that can be discussed."""

    def get_queryset(self):
        return super().get_queryset().filter(kind="post")


class PageQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)

    def for_menu(self):
        return self.published().filter(in_menu=True).only("title", "slug")


class ShelfQuerySet(models.QuerySet):
    """Tags and topics."""

    def with_counts(self):
        """`n_posts`: published ones; the empty are left out."""
        visible = Q(posts__published_at__lte=timezone.now()) & ~Q(posts__status="draft")
        return self.annotate(n_posts=Count("posts", filter=visible)).filter(n_posts__gt=0)


class OldAddressQuerySet(models.QuerySet):
    async def leading_from(self, path: str):
        """The post or page that `path` once led to and still shows; None where there is none."""
        bare = "/" + path.strip("/").removesuffix("index.html").rstrip("/")
        spellings = {"/" + path, bare, bare + "/", bare + ".html"}
        async for old in self.filter(path__in=spellings).select_related("post", "page"):
            target = old.post or old.page
            if target.is_visible:
                return target
        return None
