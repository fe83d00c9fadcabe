"""Permissions for posts."""

from django.urls import reverse

from accounts.models import Role, User
from blog.posts.models import Page, Post
from blog.posts.querysets import UNPUBLISHED, PostQuerySet

PUBLISHER_FIELDS = (
    *("status", "published_at", "author", "pinned", "slug", "visibility", "password"),
    *("comments_open", "approval", "shares_comments", "topic", "topic_order"),
)
"""Fields that only users who can publish may set; others may submit a draft for review, and take it back."""


def only_drafts(user: User) -> bool:
    return user.role == Role.CONTRIBUTOR


def may_publish(user: User) -> bool:
    return not only_drafts(user)


def may_change(user: User, post: Post) -> bool:
    """Whether a writer may change a post. Contributors may change their own drafts only, until they are published.

    A post in the trash is what it is once it is restored.
    """
    status = post.before_trash.get("status", post.status)
    return not only_drafts(user) or (post.author_id == user.pk and status in UNPUBLISHED)


def seen_by(user: User, posts: PostQuerySet) -> PostQuerySet:
    """Posts that a writer sees in the admin."""
    return posts.filter(author=user) if only_drafts(user) else posts


def edit_link(post: int, *, user: User | None, visitor: str) -> dict[str, str | None]:
    """For /api/me/: where the user may edit the post or activity in the admin."""
    if user is None or not user.can_write or not post:
        return {"edit_url": None}
    found = Post.threads.filter(pk=post).only("kind", "author_id", "status", "before_trash", "published_at").first()
    is_activity = found is not None and found.kind == Post.Kind.ACTIVITY
    if found is None or not (may_publish(user) if is_activity else may_change(user, found)):
        return {"edit_url": None}
    return {"edit_url": reverse(f"admin:blog_{found.kind}_change", args=[post])}


def page_edit_url(page: int, user: User | None) -> str | None:
    """For /api/me/: where the user may edit the page in the admin."""
    if user is None or not user.is_staff or not user.has_perm("blog.change_page"):
        return None
    return reverse("admin:blog_page_change", args=[page]) if Page.objects.filter(pk=page).exists() else None
