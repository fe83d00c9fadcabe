"""Maps exceptions to the API's error shape."""

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from frodo.async_models.query_plans import UnknownField
from frodo.errors import ServiceError, body


def exception_handler(error: Exception, context: dict) -> Response | None:
    """DRF's exception handler. None makes an unexpected error a logged 500."""
    if isinstance(error, ServiceError):
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
        return Response(body("invalid", _("Some fields have errors."), fields), 400)
    if isinstance(error, exceptions.ValidationError):
        details = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        return Response(body("invalid", _("Some fields have errors."), details), error.status_code)
    if isinstance(error, exceptions.APIException):
        headers = {}
        if auth_header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = auth_header
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait))
        return Response(body(str(error.get_codes()), str(error.detail)), error.status_code, headers=headers)
    return None
