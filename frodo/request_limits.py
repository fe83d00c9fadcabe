"""Limit the size of request bodies, and answer errors that occur before Django has a request."""

import logging
from collections.abc import Callable
from functools import partial
from io import BytesIO

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from frodo.asgi_types import ASGIApp, Message, Receive, Scope, Send
from frodo.error_views import unavailable_because
from frodo.errors import body
from frodo.language import language_from_request
from frodo.middleware import secured

logger = logging.getLogger(__name__)


class RequestLimits:
    """ASGI: bodies of more than `settings.MAX_BODY` bytes are answered 413, those that find no room on the disk 503."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        n_received, has_more = 0, True
        sent: Message | None = None

        async def bounded() -> Message:
            nonlocal n_received, has_more
            message = await receive()
            n_received += len(message.get("body", b""))
            has_more = message.get("more_body", False)
            return message if n_received <= settings.MAX_BODY else {"type": "http.disconnect"}

        async def watched(message: Message) -> None:
            nonlocal sent
            sent = message
            await send(message)

        is_too_large = content_length(scope) > settings.MAX_BODY
        if not is_too_large:
            try:
                await self.app(scope, bounded, watched)
            except (OSError, DatabaseError) as error:
                if sent is None:
                    await respond(scope, send, partial(unavailable_because, error=error))
                elif sent["type"] == "http.response.start" or sent.get("more_body", False):
                    raise
                else:  # Django closes the response on a thread, and there was none
                    logger.info("%r after the response to %s", error, scope["path"])
            is_too_large = n_received > settings.MAX_BODY
        if is_too_large:
            if has_more:
                await drain(scope, receive)
            await respond(scope, send, too_large)


def content_length(scope: Scope) -> int:
    """Content-Length; 0 if missing."""
    data = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(data) if data.isdigit() and len(data) < 19 else 0


async def drain(scope: Scope, receive: Receive) -> None:
    """Read and discard up to twice the limit, since browsers read the response only after sending everything."""
    if any(name == b"expect" for name, _value in scope["headers"]):
        return  # asks first, and has sent nothing yet
    n = 0
    while n < 2 * settings.MAX_BODY:
        message = await receive()
        n += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


async def respond(scope: Scope, send: Send, make_response: Callable[[HttpRequest], HttpResponse]) -> None:
    request = ASGIRequest(scope, BytesIO())
    with translation.override(language_from_request(request)):
        response = secured(make_response(request))
    headers = [(name.encode(), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


def too_large(request: HttpRequest) -> HttpResponse:
    words = _("The request is too large. The limit is %(n)d MB.") % {"n": settings.MAX_BODY // 1024**2}
    if request.path_info.startswith("/api/"):
        response: HttpResponse = JsonResponse(body("too_large", words), status=413)
    else:
        response = HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")
    response.headers["Connection"] = "close"
    return response
