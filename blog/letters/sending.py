"""Sending what is due: never twice, whoever else is sending, and whenever one is killed.

Queued → taken (a lease; a process that does not come back loses it, and the letter is queued again) → handed over,
marked in the instant before the message itself goes to the mail server → sent. A letter that was left in being
handed over may have arrived or not: it is shown as such, and not sent again by itself.
"""

import logging
import secrets
import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.message import Message
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import get_connection
from django.db.models import F
from django.utils import timezone

from blog.letters.models import Letter
from blog.letters.relevance import is_wanted
from blog.letters.writing import write
from frodo import mail

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
"""Longer than a mail server may take to accept one letter."""
PAUSES = [timedelta(minutes=n) for n in (1, 5, 15, 60, 4 * 60)]
LAST_PAUSE = timedelta(hours=8)
PATIENCE = timedelta(days=3)
"""After which a letter that cannot be sent is given up."""

State = Letter.State


class Lost(Exception):
    """Another process took the letter over, as we were too slow."""


class Unreachable(Exception):
    """The mail server takes nothing at all just now."""


def send_due(*, is_stopping: Callable[[], bool] = lambda: False) -> Counter:
    """Send all that is due; returns how many ended in which state."""
    done: Counter = Counter()
    if not mail.can_be_sent():
        return done
    take_back()
    courier = Courier()
    try:
        while not is_stopping() and (letter := take()):
            done[courier.deliver(letter)] += 1
    except Unreachable:
        done[State.QUEUED] += 1
    finally:
        courier.leave()
    return done


def take_back() -> None:
    """What a process took that did not come back."""
    behind = Letter.objects.left_behind()
    behind.filter(state=State.TAKEN).update(state=State.QUEUED, taken_by="")
    behind.filter(state=State.HANDED).update(state=State.UNKNOWN)  # whoever took it may still come to know


def take() -> Letter | None:
    """A letter that is due, and from now on ours alone."""
    me = secrets.token_hex(16)
    for pk in Letter.objects.due().values_list("pk", flat=True)[:20]:
        taken = Letter.objects.queued().filter(pk=pk)
        if taken.update(state=State.TAKEN, taken_by=me, taken_until=timezone.now() + LEASE, n_tries=F("n_tries") + 1):
            return Letter.objects.for_sending().get(pk=pk)
    return None


def keep(letter: Letter, state: str, *, only_if: tuple[str, ...] = (State.TAKEN, State.HANDED), **fields) -> str:
    """Write down what became of it, if it is still ours."""
    ours = Letter.objects.filter(pk=letter.pk, taken_by=letter.taken_by, state__in=only_if)
    if not ours.update(state=state, **fields):
        raise Lost
    letter.state = state
    return state


class Courier:
    """One way to the mail server and back, with one letter after the other."""

    def __init__(self) -> None:
        self.connection = None

    def deliver(self, letter: Letter) -> str:
        try:
            return self.attempt(letter)
        except Lost:
            self.leave()  # perhaps in the middle of a letter
            logger.warning("Letter %s was taken over by another process", letter.pk)
            return State.QUEUED

    def attempt(self, letter: Letter) -> str:
        try:
            if not is_wanted(letter):
                return keep(letter, State.DROPPED, taken_by="", said="")
            message = write(letter)
            self.connect()
            self.hand_over(letter, message)
        except (smtplib.SMTPException, OSError) as error:
            is_reached = self.connection is not None
            self.leave()
            state = self.refused(letter, error)
            if not is_reached:
                raise Unreachable from error
            return state
        except ValueError as error:  # an address or a header that cannot be written
            self.leave()
            return keep(letter, State.FAILED, taken_by="", said=words(error))
        known = (State.HANDED, State.UNKNOWN)
        return keep(letter, State.SENT, only_if=known, sent_at=timezone.now(), taken_by="", said="")

    def connect(self) -> None:
        if self.connection is None:
            connection = get_connection(fail_silently=False)
            connection.open()
            self.connection = connection

    def hand_over(self, letter: Letter, message: Message) -> None:
        def no_way_back() -> None:
            keep(letter, State.HANDED, only_if=(State.TAKEN,), taken_until=timezone.now() + LEASE)

        if isinstance(self.connection, mail.Smtp):
            self.connection.tell(no_way_back)
        else:
            no_way_back()
        self.connection.send_messages([message])

    def refused(self, letter: Letter, error: OSError) -> str:
        logger.warning("Letter %s was not sent: %r", letter.pk, error)
        said = words(error)
        if letter.state == State.HANDED and not isinstance(error, SMTPResponseException):
            return keep(letter, State.UNKNOWN, taken_by="", said=said)
        if is_final(error, handed=letter.state == State.HANDED) or timezone.now() - letter.created_at > PATIENCE:
            return keep(letter, State.FAILED, taken_by="", said=said)
        pause = PAUSES[letter.n_tries - 1] if letter.n_tries <= len(PAUSES) else LAST_PAUSE
        return keep(letter, State.QUEUED, taken_by="", said=said, due_at=timezone.now() + pause)

    def leave(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            try:
                connection.close()
            except OSError as error:  # it is gone already, and we are done with it
                logger.debug("The mail server did not say goodbye: %r", error)


def is_final(error: OSError, *, handed: bool) -> bool:
    """Does the server say that this letter will never do? What it says of us may be mended meanwhile."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return handed and isinstance(error, SMTPResponseException) and error.smtp_code >= 500


def words(error: Exception) -> str:
    """What the mail server said, as far as it said anything."""
    if isinstance(error, SMTPRecipientsRefused):
        said = [f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values()]
        return "; ".join(said)[:500]
    if isinstance(error, SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"[:500]
    return (str(error) or type(error).__name__)[:500]
