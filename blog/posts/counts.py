"""Numbers of published posts: all, and per tag, topic, language and year. Counted once after each change of a post.

Counting reads the index entries of all posts and of all their tags. So the numbers are kept under the number of the
last change (`SiteVersion.content`), which is read from the database: no process can miss one.
"""

from collections import Counter
from datetime import MINYEAR, datetime
from math import log
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from blog.posts.models import Post, Tag, Topic
from blog.posts.models.taxonomy import Taxonomy
from blog.posts.querysets import UNPUBLISHED, PostQuerySet
from blog.site.models import SiteVersion

T = TypeVar("T", Tag, Topic)

KEEP_SECONDS = 3600


class Counts(NamedTuple):
    posts: int
    tags: Counter[int]
    """By the tag's key; those without posts are left out."""
    topics: Counter[int]
    years: dict[str, dict[int, int]]
    """By language, "" for all posts; the newest year first."""
    until: datetime | None
    """When the next scheduled post is due."""

    def of(self, model: type[Taxonomy]) -> Counter[int]:
        return self.tags if model is Tag else self.topics

    @property
    def languages(self) -> list[str]:
        """Languages that have posts, in the order of settings.LANGUAGES."""
        return [code for code, _name in settings.LANGUAGES if self.years.get(code)]


def counts() -> Counts:
    """Sync. Inside a transaction they are counted anew, because what it has changed has no number yet."""
    if transaction.get_connection().in_atomic_block:
        return count()
    cache, key = caches["default"], f"post-counts:{SiteVersion.objects.content()}"
    found = cache.get(key)
    if found is None or (found.until is not None and found.until <= timezone.now()):
        found = count()
        cache.set(key, found, KEEP_SECONDS)
    return found


def count_months(language: str, year: int) -> dict[int, int]:
    """Published posts of each month of `year` that has some; of all languages for "". Sync."""
    posts = Post.objects.published().in_language(language)
    if transaction.get_connection().in_atomic_block:
        return posts.count_months(year)
    # A scheduled post that becomes due changes the year's count, but not the number of the last change.
    version, n = SiteVersion.objects.content(), counts().years.get(language, {}).get(year, 0)
    key = f"month-counts:{version}:{language}:{year}:{n}"
    return caches["default"].get_or_set(key, lambda: posts.count_months(year), KEEP_SECONDS) or {}


def count() -> Counts:
    until = Post.objects.scheduled().order_by("published_at").values_list("published_at", flat=True).first()
    published = Post.objects.published().order_by()
    tags = count_tags()
    topics = Counter(dict(published.exclude(topic=None).values_list("topic").annotate(n=Count("pk"))))
    years = {"": count_years(published)}
    languages = set(published.values_list("language", flat=True).distinct())
    years |= {code: count_years(published.in_language(code)) if len(languages) > 1 else years[""] for code in languages}
    return Counts(sum(years[""].values()), tags, topics, years, until)


def count_tags() -> Counter[int]:
    """All posts of each tag, without those that are not listed: they are few, and to look at each post is slow."""
    links = Post.tags.through.objects.order_by()
    hidden = [
        links.filter(post__in=Post.threads.filter(status__in=UNPUBLISHED).order_by()),  # those in the trash, too
        links.filter(post__in=Post.objects.scheduled().order_by()),
        links.filter(post__in=Post.objects.not_listed().order_by()),
    ]
    found = per_tag(links)
    for rows in hidden:
        found.subtract(per_tag(rows))
    return +found


def per_tag(links: QuerySet) -> Counter[int]:
    return Counter(dict(links.values_list("tag").annotate(n=Count("pk"))))


def cloud_weight(n: int, most: int) -> int:
    """Size of a tag in a cloud, from 1 to 5, by the logarithm of its number of posts; `most` is the largest number."""
    return 1 + round(4 * log(n) / log(most)) if most > 1 else 1


def count_years(published: PostQuerySet) -> dict[int, int]:
    """From one year that has posts to the one before: a range of the index for each."""
    found: dict[int, int] = {}
    older = published
    while newest := older.newest().values_list("published_at", flat=True).first():
        year = timezone.localtime(newest).year
        found[year] = published.in_year(year).count()
        if year == MINYEAR:
            break
        older = published.filter(published_at__lt=timezone.make_aware(datetime(year, 1, 1)))
    return found


def with_posts(model: type[T]) -> list[T]:
    """Tags or topics that have published posts, with `n_posts`. Sync."""
    numbers = counts().of(model)
    found = list(model.objects.filter(pk__in=numbers))
    for each in found:
        each.n_posts = numbers[each.pk]
    return found


def authors() -> QuerySet[User]:
    posts = Post.objects.published().filter(author=OuterRef("pk")).order_by()
    # As a scalar, as in TaxonomyQuerySet.visible.
    return User.objects.alias(shown_post=Subquery(posts.values("pk")[:1])).filter(shown_post__isnull=False)


def find_author(name: str) -> User | None:
    """Find by username, case-sensitively on every database."""
    author = authors().filter(username=name).first()
    return author if author and author.username == name else None
