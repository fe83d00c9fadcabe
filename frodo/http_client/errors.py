from django.utils.translation import gettext_lazy as _

from frodo.errors import ServiceError


class NotFetched(ServiceError):
    """The content of a URL could not be fetched; the code of the subclass says why. Arguments are for the log."""

    code = "not_fetched"
    message = _("This URL could not be fetched.")
    is_transient = False
    retry_after: int | None = None
    """Seconds, as the host asks for."""
    """Whether a retry may succeed."""


class BadUrl(NotFetched):
    code = "bad_url"
    message = _("This is not the URL of a web page.")


class NotPublic(NotFetched):
    code = "not_public"
    message = _("This URL is not public.")


class TooManyRedirects(NotFetched):
    code = "too_many_redirects"
    message = _("This URL redirects too many times.")


class TooLarge(NotFetched):
    code = "too_large"
    message = _("The content of this URL is too large.")


class WrongType(NotFetched):
    code = "wrong_type"
    message = _("The content of this URL has the wrong type.")


class TimedOut(NotFetched):
    code = "timed_out"
    message = _("This URL took too long to respond.")
    is_transient = True


class Unreachable(NotFetched):
    """Unknown host, no connection, or an invalid certificate."""

    code = "unreachable"
    message = _("This URL cannot be reached.")
    is_transient = True


class BadAnswer(NotFetched):
    code = "bad_answer"
    message = _("This URL sent an invalid response.")
    is_transient = True


class BadStatus(NotFetched):
    code = "bad_status"

    def __init__(self, response_status: int, retry_after: int | None = None) -> None:
        super().__init__(response_status)
        self.response_status = response_status
        """HTTP status of the response."""
        self.retry_after = retry_after
        self.is_transient = response_status >= 500 or response_status in (408, 425, 429)

    def __str__(self) -> str:
        return _("This URL responded with status %(status)d.") % {"status": self.response_status}
