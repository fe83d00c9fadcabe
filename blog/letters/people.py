"""To whom a letter may go: whose address it is, and whether they said so."""

from dataclasses import dataclass
from typing import Optional

from django.conf import settings
from django.utils.translation import get_language

from accounts.models import User
from blog.discussion.models import Comment
from blog.letters.models import Mailbox, key_of


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    user: User | None = None
    visitor: str = ""

    @classmethod
    def who_wrote(cls, comment: Comment) -> Optional["Person"]:
        """None where there is no address to write to."""
        if comment.user_id:
            return cls.with_account(comment.user)
        return cls(comment.email, visitor=comment.visitor) if comment.email else None

    @classmethod
    def with_account(cls, user: User) -> Optional["Person"]:
        return cls(user.email, user) if user.email and user.is_active else None

    @property
    def key(self) -> str:
        """By what a confirmed address knows its owner again: the account, or the browser."""
        return f"user:{self.user.pk}" if self.user else self.visitor

    def mailbox(self) -> Mailbox:
        return Mailbox.objects.of(self.email)

    def wrote(self, comment: Comment) -> bool:
        """Nobody gets letters about what they said themselves, be it under another name."""
        if self.user is not None and comment.user_id == self.user.pk:
            return True
        if self.visitor and not comment.user_id and comment.visitor == self.visitor:
            return True
        writer = Person.who_wrote(comment)
        return writer is not None and key_of(writer.email) == key_of(self.email)

    def is_known(self, mailbox: Mailbox) -> bool:
        """Is the address theirs? An account's is; a guest's is what somebody typed, until its owner says so."""
        return self.user is not None or self.key in mailbox.confirmed


def language_spoken() -> str:
    """That of the page on which something is written just now."""
    language = (get_language() or "").lower()
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
