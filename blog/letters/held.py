"""The author is told that a comment waits for approval."""

from blog.discussion.models import Comment
from blog.letters.models import Letter
from blog.letters.people import Person
from blog.letters.queueing import queue
from frodo import mail


def tell(comment: Comment) -> None:
    """Called in the transaction in which a comment is held."""
    author = comment.post.author
    if not (mail.can_be_sent() and author.mail_held):
        return
    person = Person.with_account(author)
    if person and not person.wrote(comment):
        mailbox = person.mailbox()
        if mailbox.closed_at is None:
            queue(Letter.Kind.HELD, comment, person, mailbox)
