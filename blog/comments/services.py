"""Create comments. Each function is one transaction; every way in uses them. To change them: edit_services."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import reader_names
from accounts.models import User
from blog.comments import hooks, mentions
from blog.comments.group_commit import CommentsClosed, NewComment, insert
from blog.comments.models import Comment
from blog.events import record
from blog.posts.models import Post
from frodo import display_names
from frodo.errors import ServiceError


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
    network: str = "",
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
    comment = Comment(post=post, user=user, visitor=visitor, email=email, text=normalize(text), network=network)
    comment.notify = bool(user and user.mail_answers) if notify is None else notify
    check_text(comment)
    comment.name = name_for(user, name)
    submission = hooks.Submission(network, website, form_timestamp=ticket, proof=proof, by_form=by_form)
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
    if display_names.is_blank_html(comment.html):
        raise Empty


def name_for(user: User | None, name: str) -> str:
    if user is not None:
        return user.name[: Comment._meta.get_field("name").max_length]
    return reader_names.checked(name)
