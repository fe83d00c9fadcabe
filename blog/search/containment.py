"""What answers while there is no index: the database, by containment. Slow on a large site."""

from collections.abc import Iterable

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from blog.models import Post
from blog.search.query import Clause, Query, SearchResults

COLUMNS = ("title", "summary", "plain")
MIN_YEAR, MAX_YEAR = 2, 9998
"""The first and the last year of `datetime` begin or end outside of it in some time zones."""


def containing(query: Query, start: int, limit: int) -> SearchResults:
    """Published posts that hold every word somewhere; those that hold all in the title first, then the newest."""
    posts = Post.threads.published().filter(all_of(query))
    if query.years:
        first, last = (min(max(year, MIN_YEAR), MAX_YEAR) for year in query.years)
        posts = posts.filter(published_at__year__gte=first, published_at__year__lte=last)
    in_title = Q(*(holds(clause, ["title"]) for clause in query.clauses)) or Q(pk=None)
    posts = posts.annotate(rank=Case(When(in_title, then=Value(1)), default=Value(0)))
    keys = list(posts.order_by("-rank", "-published_at", "-id").values_list("pk", flat=True))
    return SearchResults(keys[start : start + limit], len(keys), is_current=False, is_indexed=False)


def all_of(query: Query) -> Q:
    wanted = Q(*(holds(clause, COLUMNS) | holds_tag(clause) for clause in query.clauses))
    wanted &= Q(*(~holds(clause, COLUMNS) for clause in query.excluded))
    return wanted & Q(*(is_tagged(tag) for tag in query.tags))


def holds(clause: Clause, columns: Iterable[str]) -> Q:
    """All words of the clause are in the columns, each in any of them."""
    found = Q()
    for word in words_of(clause):
        somewhere = Q()
        for column in columns:
            somewhere |= Q(**{f"{column}__folded_contains": word})
        found &= somewhere
    return found


def holds_tag(clause: Clause) -> Q:
    return Q(*(is_tagged(word) for word in words_of(clause)))


def words_of(clause: Clause) -> tuple[str, ...]:
    return ("".join(clause.tokens),) if clause.is_unspaced else clause.tokens


def is_tagged(name: str) -> Q:
    links = Post.tags.through.objects.filter(post=OuterRef("pk"), tag__name__folded_contains=name)
    return Q(Exists(links))
