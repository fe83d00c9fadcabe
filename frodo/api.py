"""What our API does to every request."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, MethodNotAllowed, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from frodo import errors
from frodo.async_model import UnknownField

MAX_BODY = 256 * 1024


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("That is more than is taken at once.")


class SmallJSONParser(BaseParser):
    """JSON of a bounded size and depth: what is neither is the caller's mistake, not ours."""

    media_type = "application/json"
    max_body = MAX_BODY

    def parse(self, stream, media_type=None, parser_context=None) -> object:
        body = stream.read(self.max_body + 1)
        if len(body) > self.max_body:
            raise TooLarge
        try:
            return json.loads(body, parse_constant=refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("This is not JSON.")) from error


def refuse(constant: str):
    raise ValueError(constant)


class FromThisSite(BasePermission):
    """A page of another site makes no writes here with its reader's cookies.

    Who is signed in needs the CSRF token besides. For guests this is enough: a form of another site cannot
    send JSON, a script of it must ask first and gets no leave, and browsers say where a request comes from.
    A program says nothing of the kind and is let in.
    """

    message = _("Requests from other sites are not taken.")
    code = "other_site"

    def has_permission(self, request: Request, view) -> bool:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return True
        headers: Mapping = request.headers
        if headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            return False
        origin = headers.get("Origin")
        return (
            origin is None or origin in settings.CSRF_TRUSTED_ORIGINS or urlsplit(origin).netloc == request.get_host()
        )


def number(value: str | None, default: int | None = None, *, least: int = 0, most: int = 2**63 - 1) -> int | None:
    """A number from the query string, within bounds; the default for what is none."""
    if value is None or not (value.isascii() and value.isdecimal()) or len(value) > 19:
        return default
    return min(max(int(value), least), most)


def json_view(view: Callable[..., Awaitable[dict | list]]) -> Callable[..., Awaitable[JsonResponse]]:
    """A reading async view that returns what JSON can carry, or raises what errors.answer knows.

    For what everybody may read: nobody is asked who they are, and nothing leaves the event loop but the queries.
    """

    @wraps(view)
    async def answer(request: HttpRequest, *args, **kwargs) -> JsonResponse:
        try:
            if request.method not in {"GET", "HEAD"}:
                raise MethodNotAllowed(request.method)
            return JsonResponse(await view(request, *args, **kwargs), safe=False)
        except UnknownField as error:
            return JsonResponse(errors.body("unknown_field", str(error)), status=400)
        except (Http404, APIException, errors.Refused) as error:
            found = errors.answer(error, {})
            response = JsonResponse(found.data, status=found.status_code)
            if isinstance(error, MethodNotAllowed):
                response.headers["Allow"] = "GET, HEAD"
            return response

    return answer
