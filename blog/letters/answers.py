"""Who is told that something was said: those who are answered or mentioned and asked for it, and the author."""

from collections.abc import Iterator

from blog.discussion.mentions import mentioned
from blog.discussion.models import Comment
from blog.letters.models import Letter
from blog.letters.people import Person
from blog.letters.queueing import queue
from blog.letters.wishes import ask
from frodo import mail

ANSWER, MENTION, COMMENT = Letter.Kind.ANSWER, Letter.Kind.MENTION, Letter.Kind.COMMENT


def tell(comment: Comment) -> None:
    """Called in the transaction in which a comment becomes visible: posted, or approved."""
    if not mail.can_be_sent():
        return
    ask(comment)
    send_to([(ANSWER, answered(comment)), *((MENTION, person) for person in named(comment)), author(comment)], comment)


def tell_edited(comment: Comment) -> None:
    """Called in the transaction of an edit: whoever is mentioned now and was not told yet."""
    if mail.can_be_sent() and comment.is_visible:
        send_to([(MENTION, person) for person in named(comment)], comment)


def send_to(people: list[tuple[Letter.Kind, Person | None]], comment: Comment) -> None:
    """The first reason counts: nobody gets two letters about one comment."""
    for kind, person in people:
        if person is None or person.wrote(comment):
            continue
        mailbox = person.mailbox()
        if mailbox.wants(comment.post) and person.is_known(mailbox):
            queue(kind, comment, person, mailbox)


def answered(comment: Comment) -> Person | None:
    parent = comment.parent
    return Person.who_wrote(parent) if parent and parent.notify and parent.is_visible else None


def named(comment: Comment) -> Iterator[Person]:
    """Who is mentioned, and has asked for mail with any comment on this post."""
    for other in mentioned(comment):
        theirs = comment.post.comments.visible().by(user=other.user, visitor=other.visitor)
        asking = theirs.filter(notify=True).select_related("user").last()
        person = Person.who_wrote(asking) if asking else None
        if person:
            yield person


def author(comment: Comment) -> tuple[Letter.Kind, Person | None]:
    author = comment.post.author
    return COMMENT, Person.with_account(author) if author.mail_comments else None
