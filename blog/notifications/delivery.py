"""Send one e-mail: the job "send_email".

`begin_delivery` is called right before the message itself goes to the mail server (SMTP's DATA). Interrupted before
that, the job is retried; after that its delivery is unknown, and it is not repeated by itself.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from blog.comments.models import Comment
from blog.moderation.blocks import block_on
from blog.notifications.messages import write
from blog.notifications.models import QueuedEmail
from blog.notifications.recipients import Person
from blog.posts.access import may_read_all
from frodo import jobs, mail

MAX_AGE = timedelta(days=3)
"""Age after which an e-mail that could not be sent is given up."""
RELATED = ("subscriber", "user", "comment__user", "comment__post__author", "comment__parent__user")


def send_email(job: jobs.Job, queued_email: int) -> None:
    found = QueuedEmail.objects.select_related(*RELATED).filter(pk=queued_email, sent_at=None).first()
    if found is None or not is_wanted(found):
        return
    try:
        if not mail.can_be_sent():
            raise jobs.Unavailable("EMAIL_URL and SITE_URL are not both set.")
        deliver(job, found.to, lambda: write(found))
    except jobs.Retry as error:
        if timezone.now() - found.created_at > MAX_AGE:
            raise jobs.Failed(str(error)) from error
        raise
    QueuedEmail.objects.filter(pk=queued_email).update(sent_at=timezone.now())


def describe(queued_email: int) -> str:
    return str(QueuedEmail.objects.filter(pk=queued_email).first() or queued_email)


def deliver(job: jobs.Job, to: str, write: Callable[[], EmailMessage]) -> None:
    """Hand over what `write` returns, addressed to `to`."""
    connection = get_connection(fail_silently=False)
    try:
        message = write()
        connect(connection, to)
        if isinstance(connection, mail.Smtp):
            connection.tell(job.begin_delivery)
        else:
            job.begin_delivery()
        connection.send_messages([message])
    except ValueError as error:  # an address or a header that cannot be written
        raise jobs.Failed(words(error, to)) from error
    except SMTPRecipientsRefused as error:
        is_final = all(code >= 500 for code, _text in error.recipients.values())
        raise (jobs.Failed if is_final else jobs.Retry)(words(error, to)) from error
    except SMTPResponseException as error:
        is_final = job.state == job.State.DELIVERING and error.smtp_code >= 500
        raise (jobs.Failed if is_final else jobs.Retry)(words(error, to)) from error
    finally:
        with suppress(OSError):  # what was accepted stays accepted
            connection.close()


def connect(connection: BaseEmailBackend, to: str) -> None:
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors
        raise jobs.Unavailable(words(error, to)) from error


def words(error: Exception, to: str) -> str:
    """The mail server's response without the recipient's address, since errors are kept longer."""
    if isinstance(error, SMTPRecipientsRefused):
        text = "; ".join(f"{code} {data.decode(errors='replace')}" for code, data in error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        data = error.smtp_error
        text = f"{error.smtp_code} {data.decode(errors='replace') if isinstance(data, bytes) else data}"
    else:
        text = str(error) or type(error).__name__
    return text.replace(to, "…")


Kind = QueuedEmail.Kind


def is_wanted(queued_email: QueuedEmail) -> bool:
    comment, subscriber, user = queued_email.comment, queued_email.subscriber, queued_email.user
    if subscriber.closed_at or not queued_email.to or not comment.post.is_visible or writer_is_blocked(comment):
        return False
    if user is not None and (not user.is_active or user.email != queued_email.to):
        return False
    if queued_email.kind == Kind.PENDING:
        return comment.state == Comment.State.PENDING and user is not None and user.mail_pending
    if not comment.is_visible:
        return False
    if queued_email.kind == Kind.CONFIRM:
        writer = Person.writer_of(comment)
        return comment.notify and writer is not None and not writer.is_known(subscriber)
    if not comment.post.is_open and not may_read_all(user, comment.post):
        return False  # the e-mail would quote what its recipient may not be able to read any more
    if queued_email.kind == Kind.COMMENT:
        return user is not None and user.mail_comments
    assert queued_email.kind in {Kind.REPLY, Kind.MENTION}
    return subscriber.wants(comment.post)


def writer_is_blocked(comment: Comment) -> bool:
    """Whether the writer was deactivated or is blocked."""
    if comment.user is not None and not comment.user.is_active:
        return True
    return block_on(comment.user, comment.visitor, comment.network) is not None
