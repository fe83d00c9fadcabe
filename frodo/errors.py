"""One shape for every error of the API: `{"error": {"code", "message", "fields"?}}`."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from frodo.text import StrOrPromise


class ServiceError(Exception):
    """Base of errors that services raise. Subclasses define code, message in the reader's language, and HTTP status."""

    code = "refused"
    message: StrOrPromise = _("This cannot be done.")
    status: int = HTTPStatus.BAD_REQUEST
    field: str | None = None
    retry_after: int | None = None
    """Seconds until a retry makes sense."""
    more: dict = {}
    """Further data for API clients."""
    headers: dict = {}

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(ServiceError):
    status = HTTPStatus.FORBIDDEN

    def __init__(self, message: StrOrPromise, code: str) -> None:
        super().__init__()
        self.message, self.code = message, code


class MalformedBody(ServiceError):
    code = "parse_error"
    message = _("This request cannot be read.")


def body(code: str, message: StrOrPromise, fields: dict | None = None, more: dict | None = None) -> dict:
    error = {"code": code, "message": str(message), **(more or {})}
    if fields:
        error["fields"] = fields
    return {"error": error}
