"""Hooks of the comment services: moderation decides, notifications are queued.

The comment services import neither; `blog/apps.py` registers both, and the receivers of signals. Which change purges
which pages is in `blog/cache_purging.py`, what the search index follows in `blog/search/receivers.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from accounts.models import User
from blog.comments.models import Comment


@dataclass(frozen=True, slots=True)
class Submission:
    """What comes with a new comment besides its text."""

    network: str = ""
    """Of the client, as given by `frodo.client_ip.network`."""
    website: str = ""
    """A honeypot: a form field that people do not see."""
    form_timestamp: str = ""
    """Signed time at which the form was opened (blog.comments.form_timestamps)."""
    proof: str = ""
    """Proof of work, asked for during a spam wave."""
    by_form: bool = False
    """From the form without JavaScript, which cannot compute a proof."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state that a comment gets, and why it is pending: `[{"code": ..., ...}]`."""

    state: str
    reasons: list[dict] = field(default_factory=list)


class Moderation(Protocol):
    """Decides about comments. All functions are sync and may raise `frodo.errors.ServiceError`."""

    def check(self, comment: Comment, submission: Submission) -> Verdict: ...
    def check_edit(self, comment: Comment, user: User | None, network: str) -> Verdict: ...
    def is_visible_at_once(self, comment: Comment, network: str) -> bool: ...


class Hook:
    """Functions that are called with a comment, in the order of their registration."""

    def __init__(self) -> None:
        self.functions: list[Callable[[Comment], object]] = []

    def register(self, function: Callable[[Comment], object]) -> None:
        self.functions.append(function)

    def __call__(self, comment: Comment) -> None:
        for function in self.functions:
            function(comment)


on_submit = Hook()
"""Before the transaction in which a new comment is inserted."""
on_publish = Hook()
"""In the transaction in which a comment becomes visible: created, or approved."""
on_edit = Hook()
"""In the transaction that changes the text of a visible comment."""
on_pending = Hook()
"""In the transaction in which a comment becomes pending."""

_moderation: list[Moderation] = []
_subscriptions: list[Callable[[Comment], str | None]] = []


def register_moderation(moderation: Moderation) -> None:
    _moderation[:] = [moderation]


def moderation() -> Moderation:
    return _moderation[0]


def register_subscriptions(state: Callable[[Comment], str | None]) -> None:
    """`state(comment)` is "on", "confirm" (an e-mail address must be confirmed first), or None."""
    _subscriptions[:] = [state]


def subscription_of(comment: Comment) -> str | None:
    """Whether the comment's writer gets e-mail about replies."""
    return _subscriptions[0](comment) if _subscriptions else None
