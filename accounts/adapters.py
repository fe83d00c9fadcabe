"""Adapters of django-allauth: sign-up rules, e-mails, safe redirects."""

import contextlib
import logging
import secrets
import time
from base64 import b32encode, urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import login_throttling
from accounts.models import User
from frodo import mail, rate_limits
from frodo.client_ip import client_address, network
from frodo.site_settings import site

logger = logging.getLogger(__name__)

MAILS_TO_ONE_ADDRESS = rate_limits.Rate(4, 15 * 60)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up needs a code by e-mail, so it needs a mail server."""
        return mail.can_be_sent()

    def clean_email(self, email: str) -> str:
        if len(email) > settings.ACCOUNT_EMAIL_MAX_LENGTH:
            raise ValidationError(_("This e-mail address is too long."))
        return email

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Readers do not sign in by username; the column must be unique."""
        user.username = user.username or f"reader-{secrets.token_hex(8)}"

    # Signing in

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        try:
            return super().authenticate(request, **credentials)
        except login_throttling.TooManyAttempts as error:
            raise ValidationError(str(error), error.code, {"retry_after": error.retry_after}) from error

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Throttling is in our backend, which the API's sign-in uses as well (accounts/login_throttling.py)."""

    def get_login_stages(self) -> list[str]:
        return [
            "allauth.account.stages.LoginByCodeStage",
            "accounts.two_factor.EmailVerificationStage",
            "accounts.two_factor.SecondFactorStage",
        ]

    def pre_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse | None:
        """Staff accounts cannot be opened by an e-mail code alone."""
        records = get_authentication_records(request, user)
        if user.needs_recent_authentication and records and records[-1]["method"] == "code":
            self.logout(request)
            return self.refuse(_("You cannot sign in to this account by e-mail. Sign in with your password."), 403)
        return super().pre_login(request, user, **login)

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        response = super().post_login(request, user, **login)
        if any(record["method"] == "password" for record in get_authentication_records(request, user)):
            login_throttling.remember(response, user)
        return response

    def is_reauthentication_required(self, **options: Any) -> bool:
        """No reauthentication right after signing in."""
        records = get_authentication_records(self.request, self.request.user)
        is_fresh = records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not is_fresh and super().is_reauthentication_required(**options)

    # Where to

    def is_safe_url(self, url: str) -> bool:
        """Whether it is a path of this site in every browser's reading."""
        if not url or not url.startswith("/") or "\\" in url or any(ord(c) < 33 or ord(c) == 127 for c in url):
            return False
        return len(iri_to_uri(url)) <= 1500 and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client IP, or the first address of its /64 for IPv6."""
        return network(client_address(request)).partition("/")[0] or "127.0.0.1"

    # Mail

    def format_email_subject(self, subject: str) -> str:
        return f"{' '.join(site.SITE_NAME.split())}: {subject}"

    def get_from_email(self) -> str:
        return mail.sender()

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Limited for known and unknown addresses alike, so that responses do not tell them apart."""
        if not mail.can_be_sent():
            raise ImmediateHttpResponse(self.refuse(_("This site sends no e-mail."), 404))
        is_stranger = not self.request.user.is_authenticated
        if is_stranger and (
            wait := rate_limits.take("account-mail", login_throttling.account_of(email), MAILS_TO_ONE_ADDRESS)
        ):
            response = self.refuse(_("Enough e-mails were sent to this address for now. Try again later."), 429)
            response["Retry-After"] = wait
            raise ImmediateHttpResponse(response)
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # the mail server's; SMTP's are among them
            logger.error("An e-mail of %s could not be sent: %r", template_prefix, error)
            problem = _("The e-mail could not be sent just now. Try again in a moment.")
            raise ImmediateHttpResponse(self.refuse(problem, 503)) from error

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The notification is optional: the change has happened, even if sending fails."""
        with contextlib.suppress(ImmediateHttpResponse):
            super().send_notification_mail(*args, **kwargs)

    def refuse(self, problem: str, status: int) -> HttpResponse:
        return render(self.request, "accounts/refused.html", {"problem": problem}, status=status)


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts TOTP secrets with a key derived from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """A secret encrypted with another SECRET_KEY matches no code."""
        try:
            return fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return b32encode(secrets.token_bytes(20)).decode()

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def _get_site_name(self) -> str:
        return site.SITE_NAME


def fernet() -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac("accounts.mfa", "", algorithm="sha256").digest()))
