"""Permissions: same site, token scope, role."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from frodo.errors import ServiceError


class ScopeMissing(ServiceError):
    code = "scope_missing"
    message = _("This token lacks the required scope. Create one with the scope named here.")
    status = 403

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.more = {"scope": scope}


class NotByToken(ServiceError):
    code = "not_by_token"
    message = _("This cannot be done with a personal token. Sign in with a name and a password.")
    status = 403


class FromThisSite(BasePermission):
    """A page of another site makes no writes here with its reader's cookies.

    Who is signed in needs the CSRF token besides. For guests this is enough: a form of another site cannot
    send JSON, a script of it must ask first and gets no leave, and browsers say where a request comes from.
    A program says nothing of the kind and is let in, as is a token: no browser sends one by itself.
    """

    message = _("Requests from other sites are not accepted.")
    code = "other_site"

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS or request.auth is not None:
            return True
        headers: Mapping = request.headers
        if headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            return False
        origin = headers.get("Origin")
        return (
            origin is None
            or origin in settings.CSRF_TRUSTED_ORIGINS
            or origin.partition("://")[2] == request.get_host()
        )


class InScope(BasePermission):
    """A token needs `view.scope` for writing; if that is None, no personal access token suffices."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        is_read = request.method in SAFE_METHODS and not getattr(view, "private", False)
        scope = "read" if is_read else getattr(view, "scope", None)
        token: Any = request.auth  # accounts.tokens.models; not DRF's own
        if token is None or token.allows(scope):
            return True
        raise ScopeMissing(scope) if scope else NotByToken


class SignedIn(BasePermission):
    code = "not_signed_in"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_authenticated


class WritersWrite(BasePermission):
    """Everybody reads; contributors and above write."""

    message = _("Only those who write this blog may do that.")
    code = "not_a_writer"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or (request.user.is_authenticated and request.user.can_write)


class OnlyWriters(WritersWrite):
    """Contributors and above read and write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_authenticated and request.user.can_write


class PublishersWrite(BasePermission):
    """Everybody reads; editors and above write."""

    message = _("Only the author and editors may do that.")
    code = "not_an_editor"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or (request.user.is_authenticated and request.user.can_publish)
