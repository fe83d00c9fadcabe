"""Authors: users with published posts."""

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from blog.posts.models import Post


def authors() -> QuerySet[User]:
    posts = Post.objects.published().filter(author=OuterRef("pk")).order_by()
    # As a scalar, as in TaxonomyQuerySet.visible.
    return User.objects.alias(shown_post=Subquery(posts.values("pk")[:1])).filter(shown_post__isnull=False)


def find_author(name: str) -> User | None:
    """Find by username, case-sensitively on every database."""
    author = authors().filter(username=name).first()
    return author if author and author.username == name else None
