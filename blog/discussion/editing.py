"""One's own comment, edited or taken back while there is time. The author may always."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.discussion import mentions
from blog.discussion.models import Comment
from blog.discussion.silence import VISIBLE, hush, retell
from blog.discussion.speaking import CommentsClosed, check_text, event_data, tidy
from blog.events.recording import record
from blog.letters import answers, held
from blog.moderation.judging import judge_edit
from blog.posts.models import Post
from frodo.errors import Refused
from frodo.racing import ChangedMeanwhile, anything

ALWAYS = timedelta(days=1)
"""What a page is told of a time without end; it asks again when it is opened."""


class NotYours(Refused):
    code = "not_yours"
    message = _("Only whoever wrote it can change it.")
    status = 403


class EditWindowPassed(Refused):
    code = "edit_window_passed"
    message = _("It is too late to change it.")
    status = 403


class Gone(Refused):
    code = "not_found"
    message = _("It is not there any more.")
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
    """Change the words of one's own comment: all that holds for a new one holds for them.

    `event` of what is returned is the event's number, None where there was nothing to tell. Raises ChangedMeanwhile
    where the comment is not `is_expected`.
    """
    said = Comment(post=comment.post, text=tidy(text))
    with transaction.atomic():
        post, comment = own(comment, user, visitor, is_expected)
        if not post.takes_comments:
            raise CommentsClosed
        if said.text == comment.text:
            return comment
        check_text(said)
        before = comment.state
        comment.text, comment.edited_at = said.text, timezone.now()
        mentions.resolve(comment)
        verdict = judge_edit(comment, user, address)
        comment.state, comment.hold_reasons = verdict.state, verdict.reasons
        comment.save(update_fields=["text", "mentions", "edited_at", "state", "hold_reasons"])
        if comment.is_visible:
            comment.event = record(comment.post, "comment.edited", event_data(comment)).n
            retell(comment)
            answers.tell_edited(comment)
            return comment
        if before == VISIBLE:
            comment.event = hush(comment)
        held.tell(comment)
    return comment


def take_back(
    comment: Comment,
    *,
    user: User | None = None,
    visitor: str = "",
    is_expected: Callable[[Comment], bool] = anything,
) -> Comment:
    """Remove one's own comment. While it has answers to be seen, a place-holder stays."""
    with transaction.atomic():
        _post, comment = own(comment, user, visitor, is_expected)
        before, comment.state = comment.state, Comment.State.REMOVED
        comment.save(update_fields=["state"])
        if before == VISIBLE:
            comment.event = hush(comment)
    return comment


def own(
    comment: Comment, user: User | None, visitor: str, is_expected: Callable[[Comment], bool]
) -> tuple[Post, Comment]:
    """The post, locked as by all who write to a thread, and the comment as it is now; if it may be changed."""
    post = (
        Post.threads.published()
        .select_for_update()
        .only("comments_open", "published_at")
        .filter(pk=comment.post_id)
        .first()
    )
    comment = Comment.objects.for_json().exclude(state=Comment.State.REMOVED).filter(pk=comment.pk).first()
    if post is None or comment is None:
        raise Gone
    if not comment.is_by(user, visitor):
        raise NotYours
    if editable_until(comment, user) <= timezone.now():
        raise EditWindowPassed
    if not is_expected(comment):
        raise ChangedMeanwhile(comment)
    return post, comment


def edited(comment: Comment) -> list:
    """What can be edited of it."""
    return [comment.text, comment.state]


def editable_until(comment: Comment, user: User | None) -> datetime:
    if user is not None and user.is_staff:
        return timezone.now() + ALWAYS
    return comment.created_at + window()


def window() -> timedelta:
    return timedelta(minutes=settings.COMMENT_EDIT_MINUTES)


def editable(post: int, *, user: User | None, visitor: str) -> dict:
    """For /api/me/: which comments one may still change, and until when."""
    found = Comment.objects.by(user=user, visitor=visitor).filter(post=post).exclude(state=Comment.State.REMOVED)
    if user is None or not user.is_staff:
        found = found.filter(created_at__gt=timezone.now() - window())
    newest = found.only("created_at").order_by("-id")[:MOST] if post else ()
    return {"editable": {str(comment.pk): as_text(editable_until(comment, user)) for comment in newest}}


MOST = 500


def as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
