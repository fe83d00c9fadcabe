"""One address of the API: DRF's APIView, on the event loop where that pays.

A method that reads is a coroutine and runs on the loop; who is asking is found out first, on a thread, and only where
the request says that it is somebody. A method that writes is a plain function: authentication, permissions, the body
and the verb share one hop to a thread.
"""

import json
from io import SEEK_END

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_etags
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from frodo import errors
from frodo.api import idempotency
from frodo.api.bodies import SmallJSONParser
from frodo.api.callers import FromThisSite, InScope, slow_down_reading, slow_down_writing
from frodo.api.versions import digest
from frodo.async_model import UnknownField
from frodo.errors import Refused

REFUSALS = (Refused, Http404, ObjectDoesNotExist, PermissionDenied, ValidationError, APIException, UnknownField)


class Answer(HttpResponse):
    """JSON, and what else a handler has to say about it."""

    def __init__(self, data=None, status: int = 200, headers: dict[str, str] | None = None) -> None:
        is_empty = data is None
        content = b"" if is_empty else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        super().__init__(content, status=204 if is_empty and status == 200 else status, headers=headers)
        if is_empty:
            del self.headers["Content-Type"]
        else:
            self.headers["Content-Type"] = "application/json"


class Endpoint(APIView):
    parser_classes = [SmallJSONParser]
    permission_classes = []
    """Besides those that hold for every endpoint."""
    scope: str | None = None
    """What a token must be good for, to write here. None: only whoever signed in with a password may."""
    private = False
    """Reading, too, is for whom it concerns: it takes `scope`, and is not kept by anybody on the way."""
    is_repeatable = False
    """POST makes something, and an Idempotency-Key keeps it from being made twice."""

    view_is_async = True

    async def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.args, self.kwargs = args, kwargs
        tell_length(request)
        self.request = asked = self.initialize_request(request, *args, **kwargs)
        name = request.method.lower()
        handler = getattr(self, name, None) if name in self.http_method_names else None
        if handler is None:
            return self.finish(asked, self.refusal(MethodNotAllowed(request.method)))
        if not iscoroutinefunction(handler):
            return await sync_to_async(self.run)(asked, handler)
        try:
            if says_who(request):
                await sync_to_async(self.admit)(asked)
            else:
                asked._not_authenticated()
                self.check(asked)
            said = await handler(asked, *args, **kwargs)
        except REFUSALS as error:
            return self.finish(asked, self.refusal(error))
        return self.finish(asked, as_answer(said))

    async def options(self, request: Request, *args, **kwargs) -> HttpResponse:
        """Which methods there are; what each takes is in the schema."""
        return Answer(headers={"Allow": ", ".join(self.allowed_methods)})

    def run(self, request: Request, handler) -> HttpResponse:
        """On a thread."""
        try:
            self.admit(request)
            answer = self.answer(request, handler)
        except REFUSALS as error:
            answer = self.refusal(error)
        except RawPostDataException:
            answer = self.refusal(errors.Unreadable())
        return self.finish(request, answer)

    def answer(self, request: Request, handler) -> HttpResponse:
        def handle() -> HttpResponse:
            return as_answer(handler(request, *self.args, **self.kwargs))

        is_made_once = request.method == "POST" and self.is_repeatable and idempotency.key_of(request) is not None
        if is_made_once:
            return idempotency.once(request, handle, prepare=lambda: self.prepare(request))
        if request.method == "POST":
            self.prepare(request)
        return handle()

    def prepare(self, request: Request) -> None:
        """For POST: what takes long and touches no row, done before there is a transaction."""

    def admit(self, request: Request) -> None:
        self.perform_authentication(request)
        if isinstance(request.user, SimpleLazyObject):
            request._user = request.user._wrapped  # a row that is given it shows a person, not a promise of one
        self.check(request)

    def check(self, request: Request) -> None:
        self.check_permissions(request)
        if request.method in SAFE_METHODS:
            slow_down_reading(request)
        else:
            slow_down_writing(request)

    def get_permissions(self) -> list:
        return [permission() for permission in (FromThisSite, InScope, *self.permission_classes)]

    def permission_denied(self, request: Request, message=None, code=None) -> None:
        """DRF says 401 to everybody whom no authenticator knows; a page of another site is refused as what it is."""
        if code == FromThisSite.code:
            raise errors.NotAllowed(message, code)
        super().permission_denied(request, message, code)

    def refusal(self, error: Exception) -> HttpResponse:
        if isinstance(error, APIException) and error.status_code in {401, 403} and not hasattr(error, "auth_header"):
            challenge = self.get_authenticate_header(self.request)
            if challenge and error.status_code == 401:
                error.auth_header = challenge
        said = errors.answer(error, {})
        answer = Answer(said.data, said.status_code)
        for name, value in said.headers.items():
            if name != "Content-Type":
                answer.headers[name] = value
        if said.status_code == 405:
            answer.headers["Allow"] = ", ".join(self.allowed_methods)
        return answer

    def finish(self, request: Request, answer: HttpResponse) -> HttpResponse:
        patch_vary_headers(answer, ("Accept-Language", "Authorization", "Cookie"))
        is_personal = self.private or says_who(request._request) or request.method not in SAFE_METHODS
        answer.headers.setdefault("Cache-Control", "private, no-store" if is_personal else "no-cache")
        if request.method in SAFE_METHODS and answer.status_code == 200:
            return conditional(request, answer)
        return answer


def says_who(request: HttpRequest) -> bool:
    """Is there anything by which somebody could be known?"""
    return "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES


def tell_length(request: HttpRequest) -> None:
    """A body that came in pieces has arrived by now; without a length DRF takes it for an empty one."""
    if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
        request.META["CONTENT_LENGTH"] = request._stream.seek(0, SEEK_END)
        request._stream.seek(0)


def as_answer(said) -> HttpResponse:
    return said if isinstance(said, HttpResponse) else Answer(said)


def conditional(request: Request, answer: HttpResponse) -> HttpResponse:
    """With an ETag; 304 to whom it is nothing new. The words are those of the representation, so the tag is strong."""
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
