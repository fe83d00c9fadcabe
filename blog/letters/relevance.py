"""Is a letter still wanted, now that it goes out? Between the comment and its letter much may have changed."""

from blog.discussion.models import Comment
from blog.letters.models import Letter
from blog.letters.people import Person
from blog.moderation.blocking import block_on

Kind = Letter.Kind


def is_wanted(letter: Letter) -> bool:
    comment, mailbox, user = letter.comment, letter.mailbox, letter.user
    if mailbox.closed_at or not letter.to or not comment.post.is_visible or is_silenced(comment):
        return False
    if user is not None and (not user.is_active or user.email != letter.to):
        return False
    if letter.kind == Kind.HELD:
        return comment.state == Comment.State.HELD and user is not None and user.mail_held
    if not comment.is_visible:
        return False
    if letter.kind == Kind.CONFIRM:
        writer = Person.who_wrote(comment)
        return comment.notify and writer is not None and not writer.is_known(mailbox)
    if letter.kind == Kind.COMMENT:
        return user is not None and user.mail_comments
    return mailbox.wants(comment.post)


def is_silenced(comment: Comment) -> bool:
    """By somebody who may not sign in any more, or is blocked."""
    if comment.user is not None and not comment.user.is_active:
        return True
    return block_on(comment.user, comment.visitor, comment.network) is not None
