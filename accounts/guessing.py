"""Guessing passwords is slow, and nobody's guessing locks the owner of an account out.

Tries are counted for each network, and for each account whether it exists or not. A browser in which somebody
signed in before has a signed cookie that says so; its tries at that account have a count of their own, which
strangers cannot use up.
"""

import secrets
from hashlib import blake2s

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frodo import rates
from frodo.addresses import client_address, network
from frodo.names import folded

COOKIE = "known"
CODES = (rates.Rate(10, 600), rates.Rate(60, 24 * 3600))
"""Tries at the codes of one account, by who knows its password: a million codes last longer than that."""
A_YEAR = 365 * 24 * 3600


class TooMany(rates.TooFast):
    code = "too_many_tries"

    def __str__(self) -> str:
        minutes = -(-self.retry_after // 60)
        return _("Too many tries. Wait %(minutes)d minutes, or sign in with a browser you used before.") % {
            "minutes": minutes
        }


def slow_down(request: HttpRequest, username: str) -> None:
    """Count a try at this account's password; raise TooMany where that was one too many."""
    account = account_of(username)
    browser = known_browser(request, account)
    if browser:
        limits = [("known-browser", browser, settings.SIGN_IN_RATE)]
    else:
        limits = [
            ("password-from", network(client_address(request)), settings.SIGN_IN_RATE),
            ("password-of", account, settings.SIGN_IN_ACCOUNT_RATE),
        ]
    wait = max(rates.take(deed, who, rates.Rate.of(rate)) if who else 0 for deed, who, rate in limits)
    if wait:
        raise TooMany(wait)


def slow_down_codes(user: User, browser: str = "") -> None:
    """The same for the codes of the second step; `browser`, if one is known, has a count of its own here too."""
    who = browser or account_of(user.get_username())
    wait = max(rates.take(f"code-{rate.seconds}", who, rate) for rate in CODES)
    if wait:
        raise TooMany(wait)


def remember(response: HttpResponse, user: User) -> None:
    """This browser has signed in as this user."""
    said = {"account": account_of(user.get_username()), "browser": secrets.token_urlsafe(16)}
    response.set_cookie(
        COOKIE,
        signing.dumps(said, salt=COOKIE),
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def known_browser(request: HttpRequest, account: str) -> str:
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=A_YEAR)
    except signing.BadSignature:
        return ""
    return said["browser"] if said["account"] == account else ""


def account_of(username: str) -> str:
    return blake2s(folded(username).encode()).hexdigest()
