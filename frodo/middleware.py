"""Middleware that runs on the event loop: ours, and async versions of Django's."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, cast
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from frodo.client_ip import client_address, is_address, proxies
from frodo.health import HostCheck
from frodo.language import SiteLocale
from frodo.request_context import VIEW, costs
from frodo.site_settings import site
from frodo.text import clean_values, is_credential


def secured(response: HttpResponse) -> HttpResponse:
    """Adds security headers to a response, unless it has its own."""
    response.headers.setdefault("Content-Security-Policy", content_security_policy())
    response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response


def content_security_policy() -> str:
    """That of the settings, and the owner's own code in pages, which is allowed by its hashes."""
    policy = settings.CONTENT_SECURITY_POLICY
    for directive, hashes in site.CODE_HASHES.items():
        policy = policy.replace(f"{directive} 'self'", f"{directive} 'self' {hashes}", 1)
    return policy


class OnTheLoop(MiddlewareMixin):
    """Mixin: calls the hooks of Django's middleware on the event loop instead of a thread each.

    `aprocess_view` replaces `process_view` under ASGI.
    """

    get_response: Any
    process_response: Any

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        super().__init__(get_response)
        if self.async_mode and hasattr(self, "aprocess_view"):
            self.process_view = self.aprocess_view

    def waits(self, request: HttpRequest) -> bool:
        """Whether `process_response` uses the database or cache."""
        return False

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        response = self.process_request(request) if hasattr(self, "process_request") else None
        response = response or await self.get_response(request)
        if not hasattr(self, "process_response"):
            return response
        if not self.waits(request):
            return self.process_response(request, response)
        return await sync_to_async(self.process_response)(request, response)


class SecurityHeaders(OnTheLoop):
    """Adds the headers of `secured`, and keeps out of caches what a view calls personal (`request.is_personal`)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if getattr(request, "is_personal", False):
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        return secured(response)


class AdminAllowList(OnTheLoop):
    """For other networks than those of ADMIN_ALLOW there is no admin."""

    def process_request(self, request: HttpRequest) -> None:
        if settings.ADMIN_ALLOW and request.path_info.startswith(f"/{settings.ADMIN_PATH}/"):
            address = client_address(request)
            networks = proxies(tuple(settings.ADMIN_ALLOW))
            if not is_address(address) or not any(ip_address(address) in network for network in networks):
                raise Http404


class RequestView(OnTheLoop):
    """Middleware: tells `Observed` the view's name, and an author the costs (Server-Timing)."""

    def process_view(self, request: HttpRequest, callback: Callable, *arguments: Any) -> None:
        match = request.resolver_match
        if match is not None and (scope := getattr(request, "scope", None)) is not None:
            scope[VIEW] = match.view_name or "none"

    async def aprocess_view(self, request: HttpRequest, callback: Callable, *arguments: Any) -> None:
        RequestView.process_view(self, request, callback)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        # Django keeps the user of a request under one of these; asking for it here would be a query for each response.
        user = vars(request).get("_acached_user") or vars(request).get("_cached_user")
        cost = costs.get()
        if cost is not None and user is not None and user.is_staff:
            queries = f'db;dur={cost.query_seconds * 1000:.1f};desc="{cost.n_queries} queries"'
            response.headers["Server-Timing"] = f"total;dur={cost.seconds * 1000:.1f}, {queries}"
        return response


class SiteTimeZone(OnTheLoop):
    """Activates the time zone of the site settings."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        with timezone.override(site_zone()):
            return super().__call__(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(site_zone()):
            return await super().__acall__(request)


def site_zone() -> ZoneInfo | None:
    """The zone of the site settings; None for TIME_ZONE itself."""
    return ZoneInfo(site.TIME_ZONE) if site.TIME_ZONE != settings.TIME_ZONE else None


class AsyncSecurityMiddleware(OnTheLoop, SecurityMiddleware):
    pass


class AsyncSessionMiddleware(OnTheLoop, SessionMiddleware):
    """Sessions load lazily, by `await request.auser()` or in a view's thread; they are saved here."""

    def waits(self, request: HttpRequest) -> bool:
        return settings.SESSION_SAVE_EVERY_REQUEST or getattr(request.session, "modified", False)


class AsyncLocaleMiddleware(OnTheLoop, SiteLocale):
    pass


class AsyncCommonMiddleware(OnTheLoop, HostCheck):
    pass


class AsyncCsrfViewMiddleware(OnTheLoop, CsrfViewMiddleware):
    async def aprocess_view(self, request: HttpRequest, callback: Callable, *arguments: Any) -> HttpResponse | None:
        check = super().process_view
        if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or getattr(callback, "csrf_exempt", False):
            return check(request, callback, *arguments)
        return await sync_to_async(check)(request, callback, *arguments)  # it may read the whole body


class FormText(OnTheLoop):
    """Removes characters from form data that no output format can represent.

    Stands after CsrfViewMiddleware, which reads the form anyway.
    """

    def process_view(self, request: HttpRequest, callback: Callable, *arguments: Any) -> None:
        if request.method == "POST" and not getattr(callback, "csrf_exempt", False):
            request.POST = clean_form(request.POST)  # type: ignore[assignment]  # Django writes there, too

    async def aprocess_view(self, request: HttpRequest, callback: Callable, *arguments: Any) -> None:
        if request.method == "POST" and not getattr(callback, "csrf_exempt", False):
            await sync_to_async(FormText.process_view)(self, request, callback, *arguments)


def clean_form(form: QueryDict) -> QueryDict:
    cleaned = form.copy()
    for name, values in form.lists():
        if not is_credential(name):
            cleaned.setlist(name, clean_values(values))
    return cleaned


class AsyncAuthenticationMiddleware(OnTheLoop, AuthenticationMiddleware):
    pass


class AsyncMessageMiddleware(OnTheLoop, MessageMiddleware):
    def waits(self, request: HttpRequest) -> bool:
        messages = cast(BaseStorage, get_messages(request))
        return messages.used or messages.added_new


class AsyncXFrameOptionsMiddleware(OnTheLoop, XFrameOptionsMiddleware):
    pass
