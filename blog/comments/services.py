"""Create, edit, delete and redact comments. Each function is one transaction; every way in uses them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from accounts import reader_names
from accounts.models import User
from blog.comments import hooks, mentions
from blog.comments.group_commit import CommentsClosed, NewComment, insert
from blog.comments.models import Comment
from blog.events.models import Event
from blog.events.services import record, rewrite_events
from blog.posts.models import Post
from blog.posts.querysets import DISCUSSION_COLUMNS
from frodo import display_names
from frodo.conflict_retry import EditConflict, anything
from frodo.errors import ServiceError
from frodo.site_settings import site


class Empty(ServiceError):
    code = "empty"
    message = _("Enter a comment.")
    field = "text"


class TooLong(ServiceError):
    code = "too_long"
    field = "text"

    def __init__(self, length: int, limit: int) -> None:
        super().__init__()
        self.length, self.limit = length, limit

    def __str__(self) -> str:
        return _("It is %(length)d characters long; up to %(limit)d are allowed.") % {
            "length": self.length,
            "limit": self.limit,
        }


def create_comment(
    post: Post,
    *,
    text: str,
    name: str = "",
    email: str = "",
    parent: int | None = None,
    user: User | None = None,
    visitor: str = "",
    address: str = "",
    notify: bool | None = None,
    website: str = "",
    ticket: str = "",
    proof: str = "",
    by_form: bool = False,
) -> Comment:
    """Create a comment, or raise a ServiceError.

    `event` of the result is the number of its event, None while it is pending.
    """
    if not post.takes_comments:
        raise CommentsClosed
    comment = Comment(post=post, user=user, visitor=visitor, email=email, text=normalize(text), network=address)
    comment.notify = bool(user and user.mail_answers) if notify is None else notify
    check_text(comment)
    comment.name = name_for(user, name)
    submission = hooks.Submission(address, website, ticket, proof, by_form)
    verdict = hooks.moderation().check(comment, submission)
    comment.state, comment.pending_reasons = verdict.state, verdict.reasons
    hooks.on_submit(comment)
    mentions.resolve(comment)
    insert(NewComment(comment, parent))
    return comment


def record_publication(comment: Comment, type: str) -> int:
    """Make a comment public that was not, and return the number of its event."""
    hooks.on_publish(comment)
    return record(comment.post, type, comment.event_data, increments={"n_comments": 1}).n


def as_dict(comment: Comment) -> dict:
    """`to_dict` for sync code."""
    return comment.to_dict_sync()


def preview(text: str, post: Post | None = None) -> str:
    """HTML of an unsaved comment; with a post, people in its thread are linked when mentioned."""
    comment = Comment(post=post, text=normalize(text))
    comment.render()
    if post is not None:
        mentions.resolve(comment)
    return comment.html


def normalize(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def check_text(comment: Comment) -> None:
    limit = settings.COMMENT_MAX_LENGTH
    if len(comment.text) > limit:
        raise TooLong(len(comment.text), limit)
    if not display_names.can_be_seen(comment.text):
        raise Empty
    comment.render()
    if "<img" not in comment.html and not display_names.can_be_seen(unescape(strip_tags(comment.html))):
        raise Empty


def name_for(user: User | None, name: str) -> str:
    if user is not None:
        return user.name[: Comment._meta.get_field("name").max_length]
    return reader_names.checked(name)


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
    address: str = "",
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
        verdict = hooks.moderation().check_edit(comment, user, address)
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
    newest = found.only("created_at").order_by("-id")[:MOST] if post else ()
    return {"editable": {str(comment.pk): as_text(editable_until(comment, user)) for comment in newest}}


MOST = 500


def as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


VISIBLE = Comment.State.VISIBLE


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
