"""Throttling of passwords and codes that cannot lock the owner out.

Attempts are counted per network and per account, existing or not. A browser in which the account signed in before has a
signed cookie and its own count, which strangers cannot use up.
"""

import secrets
from hashlib import blake2s

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from frodo import rate_limits
from frodo.client_ip import client_address, network
from frodo.display_names import folded

COOKIE = "known"
CODES = (rate_limits.Rate(10, 600), rate_limits.Rate(60, 24 * 3600))
"""Attempts at codes of one account by someone who knows its password."""
A_YEAR = 365 * 24 * 3600


class TooManyAttempts(rate_limits.TooFast):
    code = "too_many_tries"

    def __str__(self) -> str:
        return _("Too many attempts. Try again in %(time)s, or use a browser you signed in with before.") % {
            "time": rate_limits.waiting_time(self.retry_after)
        }


def check_rate(request: HttpRequest, username: str) -> None:
    """Count a password attempt. Raises TooManyAttempts."""
    account = account_of(username)
    browser = known_browser(request, account)
    each, of_account = rate_limits.Rate.of(settings.SIGN_IN_RATE), rate_limits.Rate.of(settings.SIGN_IN_ACCOUNT_RATE)
    if browser:
        wait = rate_limits.take("known-browser", browser, each)
    else:
        wait = rate_limits.take_each(
            ("password-from", network(client_address(request)), each), ("password-of", account, of_account)
        )
    if wait:
        raise TooManyAttempts(wait)


def check_code_rate(user: User, browser: str = "") -> None:
    """Count an attempt at a second factor; a known `browser` has its own count."""
    who = browser or account_of(user.get_username())
    if wait := rate_limits.take_each(*((f"code-{rate.seconds}", who, rate) for rate in CODES)):
        raise TooManyAttempts(wait)


def remember(response: HttpResponse, user: User) -> None:
    """Remember that this user signed in with this browser."""
    data = {"account": account_of(user.get_username()), "browser": secrets.token_urlsafe(16)}
    response.set_cookie(
        COOKIE,
        signing.dumps(data, salt=COOKIE),
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def known_browser(request: HttpRequest, account: str) -> str:
    try:
        data = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=A_YEAR)
    except signing.BadSignature:
        return ""
    return data["browser"] if data["account"] == account else ""


def account_of(username: str) -> str:
    return blake2s(folded(username).encode()).hexdigest()
