"""Which changes become webhooks. All run in the transaction of the change.

Comments are followed by their events (blog.events), which every service records; posts by signals of their model.
"""

from typing import Any

from django.utils import timezone

from blog.comments.models import Comment
from blog.events import Event
from blog.moderation.models import Decision
from blog.posts.models import Post
from blog.webhooks import enqueue
from blog.webhooks.models import EventType
from frodo import jobs

COMMENT_EVENTS = {
    "comment.posted": EventType.COMMENT_CREATED,
    "comment.approved": EventType.COMMENT_APPROVED,
    "comment.edited": EventType.COMMENT_EDITED,
    "comment.removed": EventType.COMMENT_DELETED,
}


def before_post_saved(instance: Post, **signal: Any) -> None:
    since = instance.shown_since
    was_public = instance.visibility_before == Post.Visibility.PUBLIC
    vars(instance)["was_visible"] = was_public and since is not None and since <= timezone.now()


def post_saved(instance: Post, created: bool, update_fields: frozenset[str] | None, **signal: Any) -> None:
    was_visible, is_visible = vars(instance).pop("was_visible", False) and not created, instance.is_listed
    if is_visible and instance.kind == Post.Kind.POST:
        if not was_visible:
            enqueue(EventType.POST_PUBLISHED, post_subject(instance))
            if not created:
                jobs.Job.objects.filter(type="announce_post", key=instance.pk).delete()  # published before its time
        elif update_fields is None or not update_fields <= {*Post.rendered_fields, "cover_width", "cover_height"}:
            enqueue(EventType.POST_UPDATED, post_subject(instance))
    elif was_visible:
        trashed = instance.kind == Post.TRASHED
        enqueue(EventType.POST_DELETED if trashed else EventType.POST_UNPUBLISHED, post_subject(instance))
    if instance.status == Post.Status.SCHEDULED and instance.kind == Post.Kind.POST:
        jobs.enqueue("announce_post", instance.pk, at=instance.published_at, post=instance.pk)


def announce(post: int) -> None:
    """A scheduled post has become visible, unless its time was changed; then another job waits for that."""
    found = Post.objects.filter(pk=post).first()
    if found is not None and found.is_listed:
        enqueue(EventType.POST_PUBLISHED, post_subject(found))


def post_deleted(instance: Post, **signal: Any) -> None:
    if instance.is_listed and instance.kind == Post.Kind.POST:
        enqueue(EventType.POST_DELETED, post_subject(instance))


def event_recorded(instance: Event, created: bool, **signal: Any) -> None:
    if created and instance.type in COMMENT_EVENTS:
        enqueue(COMMENT_EVENTS[instance.type], {"comment": instance.data["comment"]["id"], "post": instance.post_id})


def comment_pending(comment: Comment) -> None:
    """A hook of the comment services."""
    enqueue(EventType.COMMENT_PENDING, {"comment": comment.pk, "post": comment.post_id})


def decision_saved(instance: Decision, created: bool, update_fields: frozenset[str] | None, **signal: Any) -> None:
    subject = {"decision": instance.pk, "comment": instance.comment_id}
    if created:
        enqueue(EventType.MODERATION_DECIDED, subject)
    elif update_fields and "undone_at" in update_fields:
        enqueue(EventType.MODERATION_UNDONE, subject)


def post_subject(post: Post) -> dict:
    before = post.before_trash.get("slug") if post.kind == Post.TRASHED else None
    return {"post": post.pk, "title": post.title, "slug": before or post.slug}
