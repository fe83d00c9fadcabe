"""Insert new comments by group commit: comments created at the same moment share one transaction.

Each thread validates and renders its own comment first. While a transaction runs, the comments of other threads wait
for the next one, so a writer waits for two transactions at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.comments import hooks
from blog.comments.models import Comment
from blog.events import NewEvent, record_all
from blog.posts.models import Post
from blog.posts.querysets import DISCUSSION_COLUMNS
from frodo.coalescing import Coalescer
from frodo.errors import ServiceError

DOUBLE_CLICK = timedelta(minutes=10)
"""The same text by the same writer within this time is a duplicate."""

Outcome = BaseException | None


class CommentsClosed(ServiceError):
    code = "comments_closed"
    message = _("Comments on this post are closed.")
    status = 403


class NoSuchParent(ServiceError):
    code = "no_such_comment"
    message = _("The comment you are replying to no longer exists.")
    field = "parent"


class Duplicate(ServiceError):
    code = "duplicate"
    message = _("You have posted this already.")
    status = 409
    field = "text"


@dataclass(frozen=True, slots=True)
class NewComment:
    comment: Comment
    parent: int | None = None
    """Primary key of the comment that it replies to."""


def insert(new: NewComment) -> None:
    """Save a comment with its event and notifications, and set `comment.event`; or raise a ServiceError."""
    if transaction.get_connection().in_atomic_block:  # another thread would not see what this transaction has changed
        [outcome] = insert_together([new])
        if outcome is not None:
            raise outcome
    else:
        insert_with_others(new)


def insert_together(new: list[NewComment]) -> Sequence[Outcome]:
    try:
        with transaction.atomic():
            return insert_all(new)
    except (IntegrityError, DataError):  # caused by one of them, which must not fail the others
        if len(new) == 1:
            raise
    return [insert_alone(each) for each in new]


insert_with_others = Coalescer(insert_together)


def insert_alone(new: NewComment) -> Outcome:
    new.comment.pk, new.comment._state.adding = None, True  # it may have been inserted, and was rolled back
    try:
        return insert_together([new])[0]
    except (IntegrityError, DataError) as error:
        return error


def insert_all(new: list[NewComment]) -> Sequence[Outcome]:
    """In one transaction, with the rows of the posts locked first."""
    posts = (
        Post.threads.select_for_update()
        .only("comments_open", "published_at", "last_event", "n_comments", "password", *DISCUSSION_COLUMNS)
        .filter(pk__in={each.comment.post_id for each in new})
        .order_by("pk")
    )
    locked = {post.pk: post for post in posts}
    keys = {each.parent for each in new} - {None}
    parents = Comment.objects.visible().select_related("user").in_bulk(keys) if keys else {}
    recent = recent_duplicates(new)
    outcomes: list[Outcome] = []
    visible, events = [], []
    for each in new:
        comment, post = each.comment, locked.get(each.comment.post_id)
        error = rejection(each, post, parents.get(each.parent), recent)
        outcomes.append(error)
        if error is None:
            comment.save()
            recent.append(duplicate_key(comment))
            if comment.is_visible:
                hooks.on_publish(comment)
                events.append(NewEvent(comment.post, "comment.posted", comment.event_data, {"n_comments": 1}))
                visible.append(comment)
            else:
                hooks.on_pending(comment)
    for comment, event in zip(visible, record_all(events, locked), strict=True):
        comment.event = event.n
    return outcomes


def rejection(
    new: NewComment, post: Post | None, parent: Comment | None, recent: list["DuplicateKey"]
) -> Exception | None:
    comment = new.comment
    if post is None:
        return Post.DoesNotExist("The post was deleted.")
    if post.discussion_id != post.pk or not post.takes_comments:
        return CommentsClosed()
    if new.parent is not None:
        if parent is None or parent.post_id != comment.post_id:
            return NoSuchParent()
        comment.parent = parent
    if any(is_duplicate(comment, other) for other in recent):
        return Duplicate()
    return None


DuplicateKey = tuple[int, int | None, str, int | None, str, str]
"""Post, parent, text, user, name and visitor of a comment."""


def duplicate_key(comment: Comment) -> DuplicateKey:
    return (comment.post_id, comment.parent_id, comment.text, comment.user_id, comment.name, comment.visitor)


def recent_duplicates(new: list[NewComment]) -> list[DuplicateKey]:
    """Keys of recent comments with the text of a new one. Filtered by time, not by post, since a thread may be long."""
    texts = {each.comment.text for each in new}
    recent = Comment.objects.exclude(state=Comment.State.REMOVED).filter(
        created_at__gt=timezone.now() - DOUBLE_CLICK, text__in=texts
    )
    return list(recent.values_list("post_id", "parent_id", "text", "user_id", "name", "visitor"))


def is_duplicate(comment: Comment, other: DuplicateKey) -> bool:
    """By the same person: same account, same browser, or, without a cookie, same name."""
    *place, user, name, visitor = other
    if place != [comment.post_id, comment.parent_id, comment.text]:
        return False
    if comment.user_id:
        return user == comment.user_id
    return (user is None and name == comment.name) or bool(comment.visitor and visitor == comment.visitor)
