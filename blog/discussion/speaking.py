"""Saying something: the one door through which comments come in."""

from datetime import timedelta
from html import unescape

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from accounts import naming
from accounts.models import User
from blog.discussion import mentions
from blog.discussion.models import Comment
from blog.events.recording import record
from blog.letters import answers, held, wishes
from blog.moderation.judging import Said, judge
from blog.posts.models import Post
from frodo import names
from frodo.errors import Refused

DOUBLE_CLICK = timedelta(minutes=10)
"""The same words by the same writer within this time are one comment sent twice."""


class CommentsClosed(Refused):
    code = "comments_closed"
    message = _("Comments on this post are closed.")
    status = 403


class NoSuchParent(Refused):
    code = "no_such_comment"
    message = _("The comment you answer is not there any more.")
    field = "parent"


class Empty(Refused):
    code = "empty"
    message = _("There is nothing to read in it.")
    field = "text"


class TooLong(Refused):
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


class Duplicate(Refused):
    code = "duplicate"
    message = _("You have posted this already.")
    status = 409
    field = "text"


def post_comment(
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
    """Post a comment, or raise what stands against it. `comment.event` is its number, None while it is held."""
    if not post.takes_comments:
        raise CommentsClosed
    comment = Comment(post=post, user=user, visitor=visitor, email=email, text=tidy(text), network=address)
    comment.notify = bool(user and user.mail_answers) if notify is None else notify
    check_text(comment)
    comment.name = name_for(user, name)
    verdict = judge(comment, Said(address, website, ticket, proof, by_form))
    comment.state, comment.hold_reasons = verdict.state, verdict.reasons
    wishes.heard(comment)
    with transaction.atomic():
        locked = Post.threads.select_for_update().only("comments_open", "published_at").get(pk=post.pk)
        if not locked.takes_comments:
            raise CommentsClosed
        comment.parent = find_parent(post, parent)
        if was_said(comment):
            raise Duplicate
        mentions.resolve(comment)
        comment.save()
        if comment.state == Comment.State.VISIBLE:
            comment.event = announce(comment, "comment.posted")
        else:
            held.tell(comment)
    return comment


def announce(comment: Comment, type: str) -> int:
    """Make a comment public that was not, and return the number of its event."""
    Post.threads.filter(pk=comment.post_id).update(n_comments=F("n_comments") + 1)
    comment.post.n_comments = Post.threads.values_list("n_comments", flat=True).get(pk=comment.post_id)
    answers.tell(comment)
    return record(comment.post, type, event_data(comment)).n


def event_data(comment: Comment) -> dict:
    return {"comment": as_dict(comment.as_seen()), "n_comments": comment.post.n_comments}


def as_dict(comment: Comment) -> dict:
    """`to_dict` for a verb, which is sync so that its transaction stays in one thread."""
    return async_to_sync(comment.to_dict)()


def preview(text: str, post: Post | None = None) -> str:
    """How it would look; with a post, the people of its thread are linked."""
    comment = Comment(post=post, text=tidy(text))
    comment.render()
    if post is not None:
        mentions.resolve(comment)
    return comment.html


def tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def check_text(comment: Comment) -> None:
    limit = settings.COMMENT_MAX_LENGTH
    if len(comment.text) > limit:
        raise TooLong(len(comment.text), limit)
    if not names.can_be_seen(comment.text):
        raise Empty
    comment.render()
    if "<img" not in comment.html and not names.can_be_seen(unescape(strip_tags(comment.html))):
        raise Empty


def name_for(user: User | None, name: str) -> str:
    if user is not None:
        return user.name[: Comment._meta.get_field("name").max_length]
    return naming.checked(name)


def find_parent(post: Post, parent: int | None) -> Comment | None:
    if parent is None:
        return None
    found = post.comments.visible().filter(pk=parent).first()
    if found is None:
        raise NoSuchParent
    return found


def was_said(comment: Comment) -> bool:
    """By the same person: signed in, or with the same browser, or, with no cookie yet, under the same name."""
    if comment.user_id:
        writer = Q(user=comment.user_id)
    else:
        writer = Q(user=None, name=comment.name)
        if comment.visitor:
            writer |= Q(visitor=comment.visitor)
    recent = comment.post.comments.exclude(state="removed").filter(
        writer, parent=comment.parent, created_at__gt=timezone.now() - DOUBLE_CLICK
    )
    return any(text == comment.text for text in recent.values_list("text", flat=True))
