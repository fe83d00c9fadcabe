"""Who wants letters: said with a comment, confirmed by a link, taken back by another."""

from typing import Literal

from django.db import transaction
from django.utils import timezone

from blog.discussion.models import Comment
from blog.letters.models import Letter, Mailbox, Mute
from blog.letters.people import Person, language_spoken
from blog.letters.queueing import queue
from blog.posts.models import Post
from frodo import mail, rates

OF_ONE_NETWORK = rates.Rate(5, 3600)
OF_ALL = rates.Rate(100, 3600)
"""Letters to addresses that nobody has confirmed: what strangers can make us send."""

MOST_BROWSERS = 20


def heard(comment: Comment) -> None:
    """Called when a comment is written: remember in which language its writer reads.

    Outside of the comment's transaction: two who answer each other would wait for each other's rows.
    An account that asks for letters about a discussion again gets them again; of a guest only the address is known.
    """
    if comment.notify and mail.can_be_sent() and (person := Person.who_wrote(comment)):
        mailbox = person.mailbox()
        mailbox.seen_at = timezone.now()
        if person.is_known(mailbox) or not mailbox.language:
            mailbox.language = language_spoken()
        mailbox.save(update_fields=["language", "seen_at"])
        if person.user is not None:
            mailbox.mutes.filter(post=comment.post_id).delete()


def answer_to(comment: Comment) -> Literal["on", "confirm"] | None:
    """What becomes of the wish for letters: on, once the address is confirmed, or nothing."""
    person = Person.who_wrote(comment) if comment.notify and mail.can_be_sent() else None
    if person is None:
        return None
    mailbox = person.mailbox()
    if mailbox.closed_at:
        return None if person.user else "confirm"  # no stranger is told what an address's owner has decided
    return "on" if person.is_known(mailbox) else "confirm"


def ask(comment: Comment) -> None:
    """Ask the owner of an address once whether they want mail. Only once the comment is public."""
    person = Person.who_wrote(comment) if comment.notify else None
    if person is None:
        return
    mailbox = person.mailbox()
    if person.is_known(mailbox) or not mailbox.may_be_asked or is_too_much(comment):
        return
    asked = Mailbox.objects.filter(pk=mailbox.pk, asked_at=mailbox.asked_at).update(asked_at=timezone.now())
    if asked:
        queue(Letter.Kind.CONFIRM, comment, person, mailbox)


def is_too_much(comment: Comment) -> bool:
    """One network that is refused takes nothing from the others."""
    return bool(
        rates.take("letters-ask", comment.network or "unknown", OF_ONE_NETWORK)
        or rates.take("letters-ask", "all", OF_ALL)
    )


@transaction.atomic
def confirm(mailbox: Mailbox, person: str) -> None:
    """The owner of the address says: what this account or browser writes is mine."""
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if person and person not in mailbox.confirmed:
        mailbox.confirmed = [*mailbox.confirmed, person][-MOST_BROWSERS:]
    mailbox.closed_at = None
    mailbox.save(update_fields=["confirmed", "closed_at"])


def mute(mailbox: Mailbox, post: Post) -> None:
    Mute.objects.get_or_create(mailbox=mailbox, post=post)


def unmute(mailbox: Mailbox, post: Post) -> None:
    mailbox.mutes.filter(post=post).delete()


def close(mailbox: Mailbox) -> None:
    mailbox.closed_at = mailbox.closed_at or timezone.now()
    mailbox.save(update_fields=["closed_at"])


def reopen(mailbox: Mailbox) -> None:
    mailbox.closed_at = None
    mailbox.save(update_fields=["closed_at"])


@transaction.atomic
def leave_desk(user, *, wants: bool = False) -> None:
    """The author's letters about comments on their posts."""
    user.mail_comments = user.mail_held = wants
    user.save(update_fields=["mail_comments", "mail_held"])
