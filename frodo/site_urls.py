"""The site's own origin and paths, and URLs resolved against it for feeds and e-mails."""

import re
from functools import lru_cache
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_script_prefix, get_urlconf, reverse

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(site_url: str) -> str:
    """SITE_URL as browsers write an origin: in lower case, ASCII, without a default port or a slash at the end.

    Raises ImproperlyConfigured for what is no origin (RFC 6454); empty stays empty.
    """
    if not site_url.strip():
        return ""
    try:
        url = urlsplit(site_url.strip())
        scheme, host, port = url.scheme, url.hostname or "", url.port
        if not host.isascii():
            host = host.encode("idna").decode()
    except ValueError as error:  # no port, no IPv6 address, no name; UnicodeError is one
        raise not_an_origin(site_url) from error
    is_host = host and all(character.isalnum() or character in "-._:" for character in host)
    rest = url.path.rstrip("/") + url.query + url.fragment + (url.username or "") + (url.password or "")
    if scheme not in DEFAULT_PORTS or not is_host or rest or "@" in url.netloc or set("?#") & set(site_url):
        raise not_an_origin(site_url)
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" + ("" if port in {None, DEFAULT_PORTS[scheme]} else f":{port}")


def not_an_origin(site_url: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        "SITE_URL must be the site's scheme and host, such as https://blog.example or http://192.0.2.1:8000, without "
        f"a path; it is {site_url!r}. Frodo serves a whole host, not a folder of one."
    )


MOST = 20_000


def address_of(name: str, *args: str | int) -> str:
    """`reverse(name, args=args)`, remembered."""
    return remembered(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, args)


@lru_cache(MOST)
def remembered(urlconf: str, prefix: str, name: str, args: tuple) -> str:
    return reverse(name, urlconf, args)


TAG = re.compile(r'<[a-zA-Z][^\s<>/]*(?:\s+[^\s"<>=/]+(?:="[^"]*")?)*\s*/?>')
URLS = re.compile(r'(\s)(href|src|poster|cite|data|srcset)="([^"]*)"')
CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(\s+[^,]*)?(,|$)")
"""A candidate of `srcset`: URL and descriptor."""


def absolute(url: str, base: str) -> str:
    """`url` resolved against `base`; unchanged if it is invalid."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def absolute_html(html: str, base: str) -> str:
    """`html` with its URLs resolved against `base`.

    Only for sanitised HTML, in which all attributes are in double quotes.
    """

    def attribute(found: re.Match) -> str:
        space, name, value = found.groups()
        urls = absolute_srcset(unescape(value), base) if name == "srcset" else absolute(unescape(value), base)
        return f'{space}{name}="{escape(urls)}"'

    return TAG.sub(lambda tag: URLS.sub(attribute, tag[0]), html)


def absolute_srcset(srcset: str, base: str) -> str:
    return CANDIDATE.sub(lambda found: absolute(found[1], base) + (found[2] or "") + found[3], srcset)
