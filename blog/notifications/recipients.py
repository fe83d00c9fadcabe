"""Recipients: the e-mail address of a comment's writer, and whether it is confirmed."""

from dataclasses import dataclass
from typing import Optional

from django.conf import settings
from django.utils.translation import get_language

from accounts.models import User
from blog.comments.models import Comment
from blog.notifications.models import QueuedEmail, Subscriber, key_of
from frodo import jobs, rate_limits
from frodo.site_settings import site


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    user: User | None = None
    visitor: str = ""

    @classmethod
    def writer_of(cls, comment: Comment) -> Optional["Person"]:
        """None if there is no address."""
        if comment.user:
            return cls.for_user(comment.user)
        return cls(comment.email, visitor=comment.visitor) if comment.email else None

    @classmethod
    def for_user(cls, user: User) -> Optional["Person"]:
        return cls(user.email, user) if user.email and user.is_active else None

    @property
    def key(self) -> str:
        """The key under which an address is confirmed: the account or the browser."""
        return f"user:{self.user.pk}" if self.user else self.visitor

    def subscriber(self) -> Subscriber:
        return Subscriber.objects.of(self.email)

    def wrote(self, comment: Comment) -> bool:
        """Nobody is notified about their own comments, even under another name."""
        if self.user is not None and comment.user_id == self.user.pk:
            return True
        if self.visitor and not comment.user_id and comment.visitor == self.visitor:
            return True
        writer = Person.writer_of(comment)
        return writer is not None and key_of(writer.email) == key_of(self.email)

    def is_known(self, subscriber: Subscriber) -> bool:
        """Whether the address is theirs: an account's is; a guest's must be confirmed."""
        return self.user is not None or self.key in subscriber.confirmed


def current_language() -> str:
    """The language of the current request."""
    language = (get_language() or "").lower()
    return language if language in dict(settings.LANGUAGES) else site.LANGUAGE_CODE


MOST = rate_limits.Rate(60, 3600)
"""E-mails to one address."""


def queue(kind: QueuedEmail.Kind, comment: Comment, person: Person, subscriber: Subscriber) -> None:
    """One e-mail per comment and address, whatever the reasons, within the rate limit."""
    if rate_limits.take("queued_emails", subscriber.key, MOST):
        return
    queued_email, is_new = QueuedEmail.objects.get_or_create(
        comment=comment, subscriber=subscriber, defaults={"kind": kind, "to": person.email, "user": person.user}
    )
    # One that was not wanted while its comment was removed may be wanted now that the comment is back.
    if is_new or kind not in (QueuedEmail.Kind.COMMENT, QueuedEmail.Kind.PENDING):
        jobs.enqueue("send_email", queued_email.pk, queued_email=queued_email.pk)
