"""Links by which a letter's reader decides without signing in: signed, for one comment and one verb, for a time."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from blog.discussion.models import Comment
from blog.moderation import deciding
from blog.moderation.models import Decision

SALT = "blog.moderation.links"
LASTS = timedelta(days=14)
VERBS = {"approve": deciding.approve, "remove": deciding.remove}
BY = deciding.By(way=Decision.Way.LINK)


class Expired(Exception):
    """It was written too long ago."""


@dataclass(frozen=True, slots=True)
class Link:
    comment: int
    verb: str


def decision_url(comment: Comment, verb: str) -> str:
    """The path of a link; `verb` is approve or remove."""
    if verb not in VERBS:
        raise ValueError(f"There is no link to {verb} a comment.")
    return reverse("decide-by-link", args=[signing.dumps([comment.pk, verb], salt=SALT)])


def read(token: str) -> Link | None:
    """What a token says; None when it is not ours. Raises Expired."""
    try:
        pk, verb = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired as error:
        raise Expired from error
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Link(pk, verb)


def is_open(comment: Comment) -> bool:
    """Nobody has decided on it as it stands, so that an old letter does not undo what was decided later."""
    if comment.state == Comment.State.REMOVED:
        return False
    last = comment.decisions.standing().filter(after__has_key="state").first()
    return last is None or last.way == Decision.Way.RULE


def decide(comment: Comment, verb: str) -> bool:
    """True when this link decided it now."""
    return is_open(comment) and VERBS[verb](comment, BY)
