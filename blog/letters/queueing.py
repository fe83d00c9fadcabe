"""Putting letters into the queue, in the transaction of what they tell."""

from django.db import transaction

from blog.discussion.models import Comment
from blog.letters.models import Letter, Mailbox
from blog.letters.people import Person
from blog.waking import due
from frodo import rates

MOST = rates.Rate(60, 3600)
"""Letters to one address; who is told of so much looks at the site itself."""
DESK = {Letter.Kind.COMMENT, Letter.Kind.HELD}


def queue(kind: Letter.Kind, comment: Comment, person: Person, mailbox: Mailbox) -> None:
    """One letter for each comment and address, whatever the reasons; and no flood of them."""
    if rates.take("letters", mailbox.key, MOST):
        return
    letter, is_new = Letter.objects.get_or_create(
        comment=comment, mailbox=mailbox, defaults={"kind": kind, "to": person.email, "user": person.user}
    )
    if not is_new and kind not in DESK:
        revive(letter)
    transaction.on_commit(due.set)


def revive(letter: Letter) -> None:
    """It was dropped as its comment was taken away, and now the comment is back."""
    Letter.objects.filter(pk=letter.pk, state=Letter.State.DROPPED).update(state=Letter.State.QUEUED)
