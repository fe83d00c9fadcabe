"""One shape for every error of the API: `{"error": {"code", "message", "fields"?}}`."""

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from frodo.async_model.plans import UnknownField


class Refused(Exception):
    """A verb's no, said in the reader's language. Subclasses name their code, message and HTTP status."""

    code = "refused"
    message = _("This cannot be done.")
    status = status.HTTP_400_BAD_REQUEST
    field: str | None = None
    retry_after: int | None = None
    """Seconds after which trying again makes sense."""
    more: dict = {}
    """What else a program needs to know, said beside code and message."""
    headers: dict = {}

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    status = status.HTTP_403_FORBIDDEN

    def __init__(self, message, code: str) -> None:
        super().__init__()
        self.message, self.code = message, code


class Unreadable(Refused):
    code = "parse_error"
    message = _("This request cannot be read.")


def body(code: str, message: str, fields: dict | None = None, more: dict | None = None) -> dict:
    error = {"code": code, "message": str(message), **(more or {})}
    if fields:
        error["fields"] = fields
    return {"error": error}


def answer(error: Exception, context: dict) -> Response | None:
    """DRF's exception handler. None lets an unforeseen error become a 500 and a log line."""
    if isinstance(error, Refused):
        fields = {error.field: [str(error)]} if error.field else None
        headers = {**error.headers, **({"Retry-After": str(error.retry_after)} if error.retry_after else {})}
        return Response(body(error.code, str(error), fields, error.more), error.status, headers=headers)
    if isinstance(error, UnknownField):
        return Response(body("unknown_field", str(error), None, {"known": list(error.known)}), 400)
    if isinstance(error, Http404 | ObjectDoesNotExist):  # what was there a moment ago may be gone
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, ValidationError):
        fields = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        return Response(body("invalid", _("Some fields need another look."), fields), 400)
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return Response(body("invalid", _("Some fields need another look."), fields), error.status_code)
    if isinstance(error, exceptions.APIException):
        headers = {}
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(int(error.wait))
        return Response(body(error.detail.code, error.detail), error.status_code, headers=headers)
    return None
