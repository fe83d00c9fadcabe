"""Mail as the house knows it: where it is handed over, whether at all, and the moment after which it may have gone."""

import smtplib
from collections.abc import Callable
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.smtp import EmailBackend

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


def can_be_sent() -> bool:
    """Is there somewhere to hand it to, and an address of ours that its links can lead to?"""
    return bool(settings.EMAIL_URL and settings.SITE_URL)


def host() -> str:
    """The site's own name, which stands in what mail is known by."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def sender() -> str:
    """Who it comes from: the site's name, and the address that settings give."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or " ".join(settings.SITE_NAME.split()), address))


class Noticed(smtplib.SMTP):
    """Says so before the message itself goes out: from then on nobody but the server knows whether it was taken."""

    before_data: Callable[[], None] | None = None

    def data(self, msg) -> tuple[int, bytes]:
        if self.before_data:
            self.before_data()
        return super().data(msg)


class NoticedTls(Noticed, smtplib.SMTP_SSL):
    pass


class Smtp(EmailBackend):
    """Django's, which tells `before_data` when there is no way back."""

    @property
    def connection_class(self) -> type[Noticed]:
        return NoticedTls if self.use_ssl else Noticed

    def tell(self, before_data: Callable[[], None]) -> None:
        self.connection.before_data = before_data
