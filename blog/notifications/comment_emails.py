"""Queue e-mails about a comment: to the writer of the parent, to people mentioned, and to the author."""

from collections.abc import Iterator

from accounts.models import Role, User
from blog.comments.mentions import mentioned
from blog.comments.models import Comment
from blog.moderation import spam_waves
from blog.notifications.models import QueuedEmail
from blog.notifications.recipients import Person, queue
from blog.notifications.subscriptions import ask
from frodo import mail

REPLY, MENTION, COMMENT = QueuedEmail.Kind.REPLY, QueuedEmail.Kind.MENTION, QueuedEmail.Kind.COMMENT


def queue_comment_emails(comment: Comment) -> None:
    """Called in the transaction that publishes a comment."""
    if not mail.about_comments():
        return
    ask(comment)
    queue_for(
        [
            (REPLY, replied_recipient(comment)),
            *((MENTION, person) for person in mentioned_recipients(comment)),
            author(comment),
        ],
        comment,
    )


def queue_edit_emails(comment: Comment) -> None:
    """Called in the transaction of an edit: notify people who are newly mentioned."""
    if mail.about_comments() and comment.is_visible:
        queue_for([(MENTION, person) for person in mentioned_recipients(comment)], comment)


def queue_for(people: list[tuple[QueuedEmail.Kind, Person | None]], comment: Comment) -> None:
    """Only the first reason counts: nobody gets two e-mails about one comment."""
    for kind, person in people:
        if person is None or person.wrote(comment):
            continue
        subscriber = person.subscriber()
        if subscriber.wants(comment.post) and person.is_known(subscriber):
            queue(kind, comment, person, subscriber)


def replied_recipient(comment: Comment) -> Person | None:
    parent = comment.parent
    return Person.writer_of(parent) if parent and parent.notify and parent.is_visible else None


def mentioned_recipients(comment: Comment) -> Iterator[Person]:
    """People mentioned who subscribed with any comment on this post."""
    for other in mentioned(comment):
        theirs = comment.post.comments.visible().by(user=other.user, visitor=other.visitor)
        asking = theirs.filter(notify=True).select_related("user").last()
        person = Person.writer_of(asking) if asking else None
        if person:
            yield person


def author(comment: Comment) -> tuple[QueuedEmail.Kind, Person | None]:
    author = comment.post.author
    return COMMENT, Person.for_user(author) if author.mail_comments else None


def moderator(comment: Comment) -> User | None:
    """The post's author; for a contributor's post, the owner of the blog."""
    author = comment.post.author
    if author.can_moderate:
        return author
    return User.objects.filter(role=Role.AUTHOR, is_active=True).order_by("pk").first()


def queue_pending_email(comment: Comment) -> None:
    """Called in the transaction in which a comment becomes pending."""
    author = moderator(comment)
    if author is None or not (mail.about_comments() and author.mail_pending):
        return
    person = Person.for_user(author)
    if person and not person.wrote(comment):
        subscriber = person.subscriber()
        # In a spam wave one e-mail stands for all comments that await approval.
        if subscriber.closed_at is None and (not spam_waves.is_in_spam_wave(comment) or spam_waves.notify_once()):
            queue(QueuedEmail.Kind.PENDING, comment, person, subscriber)
