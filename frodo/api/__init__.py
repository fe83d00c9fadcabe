"""What all API endpoints share: errors, permissions, throttling, pagination, conditional requests, idempotency."""

from collections.abc import Callable
from io import SEEK_END
from typing import Any, NoReturn

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_etags
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from frodo.api import idempotency
from frodo.api.bodies import Answer, JSONParser, SmallJSONParser, as_answer
from frodo.api.conditional import Versioned, digest
from frodo.api.errors import exception_handler
from frodo.api.pagination import take_rows
from frodo.api.parameters import NotUnderstood, number, one_of, shape, year
from frodo.api.permissions import (
    FromThisSite,
    InScope,
    OnlyWriters,
    PublishersWrite,
    SignedIn,
    WritersWrite,
)
from frodo.api.throttling import slow_down_reading, slow_down_writing
from frodo.async_models import UnknownField
from frodo.errors import MalformedBody, NotAllowed, ServiceError

SERVICE_ERRORS = (
    ServiceError,
    Http404,
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
    APIException,
    UnknownField,
)


class Endpoint(APIView):
    """DRF's APIView, run on the event loop where that is faster.

    A method that reads is a coroutine and runs on the loop; who is asking is found out first, on a thread, and only
    where the request says that it is somebody. A method that writes is a plain function: authentication, permissions,
    the body and the verb share one hop to a thread.
    """

    parser_classes = [SmallJSONParser]
    permission_classes = []
    """Permissions besides those of every endpoint."""
    scope: str | None = None
    """The scope a token needs for writing; None: only devices that signed in with a password."""
    private = False
    """Reading needs the scope, too, and responses are not cached."""
    accepts_idempotency_key = False
    """POST creates something, and an Idempotency-Key prevents doing it twice."""

    model: type[Model]
    """The model that it shows, for the schema."""

    view_is_async = True

    async def dispatch(  # type: ignore[override]  # Django awaits what is a coroutine
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self.args, self.kwargs = args, kwargs
        tell_length(request)
        self.request = asked = self.initialize_request(request, *args, **kwargs)
        method = request.method or ""
        name = method.lower()
        handler = getattr(self, name, None) if name in self.http_method_names else None
        if handler is None:
            return self.finish(asked, self.error_response(MethodNotAllowed(method)))
        if not iscoroutinefunction(handler):
            return await sync_to_async(self.run)(asked, handler)
        try:
            if says_who(request):
                await sync_to_async(self.admit)(asked)
            else:
                asked._not_authenticated()  # type: ignore[attr-defined]  # absent from the stubs
                self.check(asked)
            data = await handler(asked, *args, **kwargs)
        except SERVICE_ERRORS as error:
            return self.finish(asked, self.error_response(error))
        return self.finish(asked, as_answer(data))

    async def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]  # as above
        """The allowed methods."""
        return Answer(headers={"Allow": ", ".join(self.allowed_methods)})

    def run(self, request: Request, handler: Callable[..., Any]) -> HttpResponse:
        """Runs in a thread."""
        try:
            self.admit(request)
            answer = self.answer(request, handler)
        except SERVICE_ERRORS as error:
            answer = self.error_response(error)
        except RawPostDataException:
            answer = self.error_response(MalformedBody())
        return self.finish(request, answer)

    def answer(self, request: Request, handler: Callable[..., Any]) -> HttpResponse:
        def handle() -> HttpResponse:
            return as_answer(handler(request, *self.args, **self.kwargs))

        key = idempotency.key_of(request) if request.method == "POST" and self.accepts_idempotency_key else None
        if key is not None:
            return idempotency.once(request, key, handle, prepare=lambda: self.prepare(request))
        if request.method == "POST":
            self.prepare(request)
        return handle()

    def prepare(self, request: Request) -> None:
        """For POST: slow work without database access, done before the transaction."""

    def admit(self, request: Request) -> None:
        self.perform_authentication(request)
        if isinstance(request.user, SimpleLazyObject):
            # A row that is given it shows a person, not a promise of one.
            request._user = request.user._wrapped  # type: ignore[attr-defined]  # DRF's own
        self.check(request)

    def check(self, request: Request) -> None:
        self.check_permissions(request)
        if request.method in SAFE_METHODS:
            slow_down_reading(request)
        else:
            slow_down_writing(request)

    def get_permissions(self) -> list:
        return [permission() for permission in (FromThisSite, InScope, *self.permission_classes)]

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        """401 without authentication; 403 for cross-site requests."""
        if code == FromThisSite.code:
            raise NotAllowed(message or "", FromThisSite.code)
        super().permission_denied(request, message, code)

    def error_response(self, error: Exception) -> HttpResponse:
        if isinstance(error, APIException) and error.status_code == 401:
            error.auth_header = self.get_authenticate_header(self.request)  # type: ignore[attr-defined]  # as DRF does
        data = exception_handler(error, {})
        if data is None:
            raise error
        data.headers.pop("Content-Type", None)
        answer = Answer(data.data, data.status_code, data.headers)
        if data.status_code == 405:
            answer.headers["Allow"] = ", ".join(self.allowed_methods)
        return answer

    def finish(self, request: Request, answer: HttpResponse) -> HttpResponse:
        patch_vary_headers(answer, ("Accept-Language", "Authorization", "Cookie"))
        is_personal = self.private or says_who(request._request) or request.method not in SAFE_METHODS
        answer.headers.setdefault("Cache-Control", "private, no-store" if is_personal else "no-cache")
        if request.method in SAFE_METHODS and answer.status_code == 200:
            return answer_conditionally(request, answer)
        return answer


def says_who(request: HttpRequest) -> bool:
    """Whether the request has credentials."""
    return "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES


def tell_length(request: HttpRequest) -> None:
    """Sets Content-Length for a chunked body, which DRF would take for empty."""
    if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
        request.META["CONTENT_LENGTH"] = request._stream.seek(0, SEEK_END)
        request._stream.seek(0)


def answer_conditionally(request: Request, answer: HttpResponse) -> HttpResponse:
    """Adds a strong ETag, and answers 304 if it matches."""
    if "ETag" not in answer.headers:
        answer.headers["ETag"] = f'"{digest(answer.content)}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if known != ["*"] and answer.headers["ETag"] not in (tag.removeprefix("W/") for tag in known):
        return answer
    nothing_new = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary", "Link"):
        if name in answer.headers:
            nothing_new.headers[name] = answer.headers[name]
    del nothing_new.headers["Content-Type"]
    return nothing_new
