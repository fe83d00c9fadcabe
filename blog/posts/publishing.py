"""What the author does to posts beyond writing them."""

from django.db import transaction

from blog.posts.models import Post
from blog.posts.querysets import PostQuerySet


@transaction.atomic
def publish(posts: PostQuerySet) -> int:
    """Publish drafts, now or at the time they bear; how many were drafts."""
    drafts = list(posts.drafts())
    for post in drafts:
        post.status = Post.Status.PUBLISHED
        post.save(update_fields=["status", "published_at"])
    return len(drafts)


def withdraw(posts: PostQuerySet) -> int:
    """Make drafts of published and scheduled posts; how many there were."""
    return change(posts.exclude(status=Post.Status.DRAFT), status=Post.Status.DRAFT)


@transaction.atomic
def change(posts: PostQuerySet, **fields) -> int:
    """Set fields one by one, so that each post is saved and whoever listens for it hears."""
    found = list(posts)
    for post in found:
        for name, value in fields.items():
            setattr(post, name, value)
        post.save(update_fields=[*fields])
    return len(found)
