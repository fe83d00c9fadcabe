"""Edit, delete, hide and move comments. Each function is one transaction, or part of its caller's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.comments import hooks, mentions
from blog.comments.group_commit import CommentsClosed
from blog.comments.models import Comment
from blog.comments.services import as_dict, check_text, normalize
from blog.events import Event, record, rewrite_events
from blog.posts.models import Post
from blog.posts.querysets import DISCUSSION_COLUMNS
from frodo.conflict_retry import EditConflict, anything
from frodo.errors import ServiceError
from frodo.site_settings import site

VISIBLE = Comment.State.VISIBLE
MOST_EDITABLE = 500
ALWAYS = timedelta(days=1)
"""How long a page is told that staff may edit; it asks again when it is opened."""


class NotYours(ServiceError):
    code = "not_yours"
    message = _("Only its author can change it.")
    status = 403


class EditWindowPassed(ServiceError):
    code = "edit_window_passed"
    message = _("It can no longer be changed.")
    status = 403


class CommentGone(ServiceError):
    code = "not_found"
    message = _("It no longer exists.")
    status = 404


def edit_comment(
    comment: Comment,
    *,
    text: str,
    user: User | None = None,
    visitor: str = "",
    network: str = "",
    is_expected: Callable[[Comment], bool] = anything,
) -> Comment:
    """Change the text of one's own comment; everything is checked as for a new one.

    `event` of the result is the number of the event, None if nothing changed for readers. Raises EditConflict if the
    comment is not `is_expected`.
    """
    data = Comment(post=comment.post, text=normalize(text))
    with transaction.atomic():
        post, comment = own(comment, user, visitor, is_expected)
        if not post.takes_comments:
            raise CommentsClosed
        if data.text == comment.text:
            return comment
        check_text(data)
        before = comment.state
        comment.text, comment.edited_at = data.text, timezone.now()
        mentions.resolve(comment)
        verdict = hooks.moderation().check_edit(comment, user, network)
        comment.state, comment.pending_reasons = verdict.state, verdict.reasons
        comment.save(update_fields=["text", "mentions", "edited_at", "state", "pending_reasons"])
        if comment.is_visible:
            comment.event = record(comment.post, "comment.edited", comment.event_data()).n
            rewrite_comment_events(comment)
            hooks.on_edit(comment)
            return comment
        if before == VISIBLE:
            comment.event = record_removal(comment)
        hooks.on_pending(comment)
    return comment


def delete_own_comment(
    comment: Comment,
    *,
    user: User | None = None,
    visitor: str = "",
    is_expected: Callable[[Comment], bool] = anything,
) -> Comment:
    """Remove one's own comment. While it has visible replies, a placeholder stays."""
    with transaction.atomic():
        _post, comment = own(comment, user, visitor, is_expected)
        before, comment.state = comment.state, Comment.State.REMOVED
        comment.save(update_fields=["state"])
        if before == VISIBLE:
            comment.event = record_removal(comment)
    return comment


def own(
    comment: Comment, user: User | None, visitor: str, is_expected: Callable[[Comment], bool]
) -> tuple[Post, Comment]:
    """The post with its row locked, and the current comment. Raises if it may not be changed."""
    post = (
        Post.threads.released()
        .select_for_update()
        .only("comments_open", "published_at", *DISCUSSION_COLUMNS)
        .filter(pk=comment.post_id)
        .first()
    )
    found = Comment.objects.for_json().exclude(state=Comment.State.REMOVED).filter(pk=comment.pk).first()
    if post is None or found is None:
        raise CommentGone
    if not found.is_by(user, visitor):
        raise NotYours
    if editable_until(found, user) <= timezone.now():
        raise EditWindowPassed
    if not is_expected(found):
        raise EditConflict(found)
    return post, found


def edited(comment: Comment) -> list:
    """The values that an edit can change, for conditional requests."""
    return [comment.text, comment.state]


def editable_until(comment: Comment, user: User | None) -> datetime:
    if user is not None and user.is_staff:
        return timezone.now() + ALWAYS
    return comment.created_at + window()


def window() -> timedelta:
    return timedelta(minutes=site.COMMENT_EDIT_MINUTES)


def editable(post: int, *, user: User | None, visitor: str) -> dict:
    """For /api/me/: which comments the reader can still edit, and until when."""
    found = Comment.objects.by(user=user, visitor=visitor).filter(post=post).exclude(state=Comment.State.REMOVED)
    if user is None or not user.is_staff:
        found = found.filter(created_at__gt=timezone.now() - window())
    newest = found.only("created_at").order_by("-id")[:MOST_EDITABLE] if post else ()
    return {"editable": {str(comment.pk): as_text(editable_until(comment, user)) for comment in newest}}


def as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def record_removal(comment: Comment) -> int:
    """Record that a visible comment was hidden. Its new state is already saved. Returns the event's number."""
    Post.threads.filter(pk=comment.post_id, n_comments__gt=0).update(n_comments=F("n_comments") - 1)
    comment.post.n_comments = Post.threads.values_list("n_comments", flat=True).get(pk=comment.post_id)
    n = record(comment.post, "comment.removed", comment.event_data()).n
    rewrite_comment_events(comment)
    return n


def rewrite_comment_events(comment: Comment) -> None:
    rewrite_events(comment.post_id, "comment", as_dict(comment.as_seen()))


def locked_state(comment: Comment) -> str:
    """The current state, after locking the post's row as every writer of a thread does."""
    Post.threads.select_for_update().only("pk").get(pk=comment.post_id)
    return Comment.objects.values_list("state", flat=True).get(pk=comment.pk)


def move_comments(post: Post, original: Post) -> None:
    """Move all comments of a post to another, whose open pages load them; in the transaction of the caller.

    The number of the event leaves one out, so whoever follows them is told to load everything again.
    """
    if not Comment.objects.filter(post=post).update(post=original):
        return
    Event.objects.filter(post=post).delete()  # texts of comments that would be erased with their comments only
    Post.threads.filter(pk=post.pk).update(n_comments=0)
    n = original.comments.visible().count()
    Post.threads.filter(pk=original.pk).update(n_comments=n, last_event=F("last_event") + 1)
    record(original, "comments.moved", {"n_comments": n})
