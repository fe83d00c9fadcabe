"""E-mail settings, and an SMTP backend that reports the moment after which a message may have been delivered."""

import smtplib
from collections.abc import Callable
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.smtp import EmailBackend

from frodo.site_settings import site

SCHEMES = {
    # Django's backend, STARTTLS, TLS from the first byte, the usual port
    "smtp": ("frodo.mail.Smtp", False, False, 25),
    "smtp+tls": ("frodo.mail.Smtp", True, False, 587),
    "submission": ("frodo.mail.Smtp", True, False, 587),
    "smtp+ssl": ("frodo.mail.Smtp", False, True, 465),
    "smtps": ("frodo.mail.Smtp", False, True, 465),
    "console": ("django.core.mail.backends.console.EmailBackend", False, False, 0),
    "file": ("django.core.mail.backends.filebased.EmailBackend", False, False, 0),
}


def settings_of(url: str) -> dict:
    """Django's settings for an EMAIL_URL such as `smtp+tls://user:password@host:587`."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    scheme, _, rest = url.partition(":")
    backend, tls, ssl, port = SCHEMES.get(scheme, (None,) * 4)
    if backend is None:
        raise ImproperlyConfigured(f"EMAIL_URL begins with one of {', '.join(f'{name}://' for name in SCHEMES)}.")
    if scheme == "file":
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": rest.removeprefix("//")}
    from dj_email_url import parse  # it takes a password apart as everybody does

    try:
        parts = parse(f"mail:{rest}")
    except ValueError as error:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {error}") from error
    if port and not urlsplit(url).hostname:
        raise ImproperlyConfigured("EMAIL_URL names no host; smtp+tls://user:password@host:587 would.")
    return {
        "EMAIL_BACKEND": backend,
        "EMAIL_HOST": parts["EMAIL_HOST"] or "",
        "EMAIL_PORT": parts["EMAIL_PORT"] or port,
        "EMAIL_HOST_USER": parts["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": parts["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": tls,
        "EMAIL_USE_SSL": ssl,
    }


def about_comments() -> bool:
    """Whether e-mails about comments are sent."""
    return can_be_sent() and site.COMMENT_EMAILS


def can_be_sent() -> bool:
    """Whether a mail server and SITE_URL, for the links in messages, are configured."""
    return bool(settings.EMAIL_URL and settings.SITE_URL)


def host() -> str:
    """Host name of the site, for message IDs."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def sender() -> str:
    """The From header: the site's name and the configured address."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or " ".join(site.SITE_NAME.split()), address))


class Noticed(smtplib.SMTP):
    """Calls `before_data` before the message is sent: after that, only the server knows whether it was accepted."""

    before_data: Callable[[], None] | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        if self.before_data:
            self.before_data()
        return super().data(msg)


class NoticedTls(Noticed, smtplib.SMTP_SSL):
    pass


class Smtp(EmailBackend):
    """Django's backend with a `before_data` callback."""

    @property
    def connection_class(self) -> type[Noticed]:
        return NoticedTls if self.use_ssl else Noticed

    def tell(self, before_data: Callable[[], None]) -> None:
        assert isinstance(self.connection, Noticed)  # open() has made one
        self.connection.before_data = before_data
