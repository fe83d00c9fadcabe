"""Middleware whose work does not wait, and so runs on the event loop itself: ours, and Django's own."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware

from frodo.threads import Busy
from frodo.unavailable import database_is_gone, unavailable


class SecurityHeaders:
    """Adds the Content-Security-Policy, unless the view has set its own."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        if self.is_async:
            return self.acall(request)
        return self.secured(self.get_response(request))

    async def acall(self, request: HttpRequest) -> HttpResponse:
        return self.secured(await self.get_response(request))

    def secured(self, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        return response


class OnTheLoop:
    """Mixed into one of Django's: its hooks are called where the request is, not on a thread each."""

    def waits(self, request: HttpRequest) -> bool:
        """Will `process_response` ask a database or a cache?"""
        return False

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        response = self.process_request(request) if hasattr(self, "process_request") else None
        response = response or await self.get_response(request)
        if not hasattr(self, "process_response"):
            return response
        if not self.waits(request):
            return self.process_response(request, response)
        try:
            return await sync_to_async(self.finish)(request, response)
        except Busy:
            return unavailable(request)

    def finish(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """On a thread. What fails here no view's handler would see."""
        try:
            return self.process_response(request, response)
        except DatabaseError as error:
            if not database_is_gone(error):
                raise
            return unavailable(request)


class Security(OnTheLoop, SecurityMiddleware):
    pass


class Session(OnTheLoop, SessionMiddleware):
    """Reading is lazy, and done by `await request.auser()` or in a view's own thread; saving is done here."""

    def waits(self, request: HttpRequest) -> bool:
        return settings.SESSION_SAVE_EVERY_REQUEST or getattr(request.session, "modified", False)


class Locale(OnTheLoop, LocaleMiddleware):
    pass


class Common(OnTheLoop, CommonMiddleware):
    pass


class Csrf(OnTheLoop, CsrfViewMiddleware):
    async def process_view(self, request: HttpRequest, callback: Callable, *arguments) -> HttpResponse | None:
        check = super().process_view
        if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or getattr(callback, "csrf_exempt", False):
            return check(request, callback, *arguments)
        return await sync_to_async(check)(request, callback, *arguments)  # it may read the whole body


class Authentication(OnTheLoop, AuthenticationMiddleware):
    pass


class Messages(OnTheLoop, MessageMiddleware):
    def waits(self, request: HttpRequest) -> bool:
        return request._messages.used or request._messages.added_new


class XFrameOptions(OnTheLoop, XFrameOptionsMiddleware):
    pass


ON_THE_LOOP = {
    f"{stock.__module__}.{stock.__name__}": f"{__name__}.{ours.__name__}"
    for ours in OnTheLoop.__subclasses__()
    for stock in ours.__bases__[1:]
}
"""What frodo.handler takes in place of what settings name."""
