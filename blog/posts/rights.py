"""Who may see, change and publish which posts."""

from accounts.models import User
from accounts.roles import Role
from blog.posts.models import Post
from blog.posts.querysets import PostQuerySet

OF_PUBLISHERS = (
    *("status", "published_at", "author", "pinned", "slug"),
    *("comments_open", "approval", "topic", "topic_order"),
)
"""Fields that decide where and when readers see a post, and in whose name."""


def only_drafts(user: User) -> bool:
    return user.role == Role.CONTRIBUTOR


def may_publish(user: User) -> bool:
    return not only_drafts(user)


def may_change(user: User, post: Post) -> bool:
    """Asked of somebody who may write at all. A contributor lets go of a post when it is published."""
    return not only_drafts(user) or (post.author_id == user.pk and post.status == Post.Status.DRAFT)


def seen_by(user: User, posts: PostQuerySet) -> PostQuerySet:
    """Of all posts, those a writer is shown at the desk."""
    return posts.filter(author=user) if only_drafts(user) else posts
