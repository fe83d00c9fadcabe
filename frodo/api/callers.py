"""Who may call: from which page, with which token, as whom, how often."""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from frodo import rates
from frodo.addresses import client_address, network
from frodo.errors import Refused

CROWD = 10
"""So many guests of one network may each be as quick as one person is."""


class ScopeMissing(Refused):
    code = "scope_missing"
    message = _("This token was not made for that. Make one with the scope that is named here.")
    status = 403

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.more = {"scope": scope}


class NotByToken(Refused):
    code = "not_by_token"
    message = _("This cannot be done with a personal token. Sign in with a name and a password.")
    status = 403


class FromThisSite(BasePermission):
    """A page of another site makes no writes here with its reader's cookies.

    Who is signed in needs the CSRF token besides. For guests this is enough: a form of another site cannot
    send JSON, a script of it must ask first and gets no leave, and browsers say where a request comes from.
    A program says nothing of the kind and is let in, as is a token: no browser sends one by itself.
    """

    message = _("Requests from other sites are not taken.")
    code = "other_site"

    def has_permission(self, request: Request, view) -> bool:
        if request.method in SAFE_METHODS or request.auth is not None:
            return True
        headers: Mapping = request.headers
        if headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            return False
        origin = headers.get("Origin")
        return (
            origin is None or origin in settings.CSRF_TRUSTED_ORIGINS or urlsplit(origin).netloc == request.get_host()
        )


class InScope(BasePermission):
    """A token does what it was made for; `view.scope` names what writing there needs, None that no such token may."""

    def has_permission(self, request: Request, view) -> bool:
        if request.auth is None:
            return True
        scope = "read" if request.method in SAFE_METHODS and not view.private else view.scope
        if scope is None:
            if request.auth.kind == "personal":
                raise NotByToken
        elif not request.auth.allows(scope):
            raise ScopeMissing(scope)
        return True


class SignedIn(BasePermission):
    code = "not_signed_in"

    def has_permission(self, request: Request, view) -> bool:
        return request.user.is_authenticated


class WritersWrite(BasePermission):
    """Everybody reads, contributors and up write."""

    message = _("Only those who write this blog may do that.")
    code = "not_a_writer"

    def has_permission(self, request: Request, view) -> bool:
        return request.method in SAFE_METHODS or (request.user.is_authenticated and request.user.can_write)


class OnlyWriters(WritersWrite):
    """Reading too."""

    def has_permission(self, request: Request, view) -> bool:
        return request.user.is_authenticated and request.user.can_write


class PublishersWrite(BasePermission):
    """Everybody reads, editors and up write."""

    message = _("Only the author and editors may do that.")
    code = "not_an_editor"

    def has_permission(self, request: Request, view) -> bool:
        return request.method in SAFE_METHODS or (request.user.is_authenticated and request.user.can_publish)


HERE = {"", "127.0.0.1", network("::1")}


class Sieve:
    """How often each network has read lately, in this process's memory: a read costs less than asking a cache."""

    most_networks = 10_000

    def __init__(self) -> None:
        self.window, self.counts = 0, {}

    def take(self, who: str, rate: rates.Rate) -> int:
        """0 when it may be done, else the seconds until it may."""
        now = time.time()
        window = int(now // rate.seconds)
        if window != self.window or len(self.counts) > self.most_networks:
            self.window, self.counts = window, {}
        count = self.counts[who] = self.counts.get(who, 0) + 1
        return 0 if count <= rate.times else max(1, round((window + 1) * rate.seconds - now))


reads = Sieve()


def slow_down_reading(request) -> None:
    """From this machine itself it is one's own script, or a proxy that settings do not name: all readers at once."""
    who = network(client_address(request))
    if who in HERE:
        return
    if wait := reads.take(who, rates.Rate.of(settings.API_READ_RATE)):
        raise rates.TooFast(wait)


def slow_down_writing(request: Request) -> None:
    """Counted for the person, wherever they are, and else for the network. What a room limits, it limits besides."""
    rate = rates.Rate.of(settings.API_WRITE_RATE)
    if request.user.is_authenticated:
        who = f"user:{request.user.pk}"
    else:
        who, rate = network(client_address(request)), rates.Rate(rate.times * CROWD, rate.seconds)
    if who and (wait := rates.take("api", who, rate)):
        raise rates.TooFast(wait)
