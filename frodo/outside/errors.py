from django.utils.translation import gettext_lazy as _

from frodo.errors import Refused


class NotFetched(Refused):
    """What stands there is not known. Subclasses say why, by their code; what is given to them is for the log."""

    code = "not_fetched"
    message = _("This address could not be fetched.")
    may_pass = False
    """Whether another time may bring another answer."""


class BadUrl(NotFetched):
    code = "bad_url"
    message = _("This is not an address of a page on the web.")


class NotPublic(NotFetched):
    code = "not_public"
    message = _("This address is not open to everybody.")


class TooManyRedirects(NotFetched):
    code = "too_many_redirects"
    message = _("This address leads from one place to another without an end.")


class TooLarge(NotFetched):
    code = "too_large"
    message = _("What stands at this address is too large.")


class WrongType(NotFetched):
    code = "wrong_type"
    message = _("What stands at this address is of another kind.")


class TimedOut(NotFetched):
    code = "timed_out"
    message = _("This address took too long to answer.")
    may_pass = True


class Unreachable(NotFetched):
    """No such name, nobody at home, or a certificate that is not its own."""

    code = "unreachable"
    message = _("This address cannot be reached.")
    may_pass = True


class BadAnswer(NotFetched):
    code = "bad_answer"
    message = _("This address answered what makes no sense.")
    may_pass = True


class BadStatus(NotFetched):
    code = "bad_status"

    def __init__(self, answered: int, retry_after: int | None = None) -> None:
        super().__init__(answered)
        self.answered = answered
        """The HTTP status it sent."""
        self.retry_after = retry_after
        self.may_pass = answered >= 500 or answered in (408, 425, 429)

    @property
    def message(self) -> str:
        return _("This address answered %(status)d.") % {"status": self.answered}
