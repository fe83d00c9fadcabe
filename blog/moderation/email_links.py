"""Signed links in e-mails that approve or remove one comment without signing in, valid for two weeks."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from blog.comments.models import Comment
from blog.moderation import actions
from blog.moderation.models import Decision

SALT = "blog.moderation.email_links"
LASTS = timedelta(days=14)
VERBS = {"approve": actions.approve, "remove": actions.remove}
BY = actions.Actor(source=Decision.Source.LINK)


class Expired(Exception):
    """The link has expired."""


@dataclass(frozen=True, slots=True)
class Link:
    comment: int
    verb: str


def decision_url(comment: Comment, verb: str) -> str:
    """The path of a link; `verb` is "approve" or "remove"."""
    if verb not in VERBS:
        raise ValueError(f"There is no link to {verb} a comment.")
    return reverse("decide-by-link", args=[signing.dumps([comment.pk, verb], salt=SALT)])


def read(token: str) -> Link | None:
    """The link of a token; None if the signature is wrong. Raises Expired."""
    try:
        pk, verb = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired as error:
        raise Expired from error
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Link(pk, verb)


def is_open(comment: Comment) -> bool:
    """Whether nobody has decided on the comment as it is, so that an old e-mail cannot undo a later decision."""
    if comment.state == Comment.State.REMOVED:
        return False
    last = comment.decisions.standing().filter(after__has_key="state").first()
    return last is None or last.source == Decision.Source.RULE


def decide(comment: Comment, verb: str) -> bool:
    """Apply the link. Returns whether it changed anything."""
    return is_open(comment) and VERBS[verb](comment, BY)
