"""The author is told that a comment waits for approval."""

from accounts.models import User
from accounts.roles import Role
from blog.discussion.models import Comment
from blog.letters.models import Letter
from blog.letters.people import Person
from blog.letters.queueing import queue
from blog.moderation import floods
from frodo import mail


def moderator(comment: Comment) -> User | None:
    """The post's author; of a contributor's post, who owns the blog."""
    author = comment.post.author
    if author.can_moderate:
        return author
    return User.objects.filter(role=Role.AUTHOR, is_active=True).order_by("pk").first()


def tell(comment: Comment) -> None:
    """Called in the transaction in which a comment is held."""
    author = moderator(comment)
    if author is None or not (mail.can_be_sent() and author.mail_held):
        return
    person = Person.with_account(author)
    if person and not person.wrote(comment):
        mailbox = person.mailbox()
        # In a flood one letter speaks for all that wait.
        if mailbox.closed_at is None and (not floods.is_of_flood(comment) or floods.tell_once()):
            queue(Letter.Kind.HELD, comment, person, mailbox)
