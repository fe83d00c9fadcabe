"""Requests that are longer than any we take: what the sender is told, and how far they are read."""

from io import BytesIO

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from frodo.errors import body


class TooMuch(Exception):
    pass


def claimed(scope) -> int:
    """The length that the sender says; 0 where nothing is said."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said) if said.isdigit() and len(said) < 19 else 0


async def let_go(scope, receive) -> None:
    """Browsers hear an answer only when they have sent all: up to twice what we take is read, and thrown away."""
    if any(name == b"expect" for name, _value in scope["headers"]):
        return  # asks first, and has sent nothing yet
    n = 0
    while n < 2 * settings.MAX_BODY:
        message = await receive()
        n += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


def answer(scope) -> HttpResponse:
    request = ASGIRequest(scope, BytesIO())
    with translation.override(translation.get_language_from_request(request)):
        words = _("That is too much at once: at most %(n)d MB are taken.") % {"n": settings.MAX_BODY // 1024**2}
    if request.path_info.startswith("/api/"):
        response: HttpResponse = JsonResponse(body("too_large", words), status=413)
    else:
        response = HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")
    response.headers["Connection"] = "close"
    return response
