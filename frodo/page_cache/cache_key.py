"""Cache keys: which parts of a request select a page."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import Resolver404, resolve
from django.views.decorators.http import conditional_page

from frodo.language import language_from_request
from frodo.site_settings import on_load

HOST = re.compile(rb"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")
"""A host name with a dot."""
MAX_HEADER = 500
"""Bytes of a header that are considered; Django reads no more of Accept-Language either."""
MAX_CLIENTS = 2000
MAX_LANGUAGE = 20
MAX_ADDRESS = 1000
MAX_QUERY = 300

LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME.encode() + b"="


def shared(*parameters: str, shows_comments: bool = True) -> Callable:
    """Mark a view whose pages are the same for everyone who asks in the same language.

    `parameters` are those of the query string that it reads. It is asked by nobody in particular: without
    cookies, and with no headers but the host and the language. One that shows neither comments nor reactions, nor their
    number, says so and stays when only a discussion changes.
    """

    def mark(view: Callable) -> Callable:
        view = conditional_page(view)  # for what is asked past the cache, or without one
        view.shared_parameters = parameters  # type: ignore[attr-defined]  # marks on a function
        view.shows_comments = shows_comments  # type: ignore[attr-defined]  # as above
        return view

    return mark


@lru_cache(maxsize=1024)
def parameters_of(path: str) -> tuple[str, ...] | None:
    """Query parameters of the view at this path; None if it is not shared."""
    if path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
        return None
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "shared_parameters", None)


@lru_cache(maxsize=1024)
def shows_comments(path: str) -> bool:
    return resolve(path).func.shows_comments  # type: ignore[attr-defined]  # set by `shared`


def known_query(query: bytes, parameters: tuple[str, ...]) -> bytes | None:
    """Known parameters in a fixed order; None for invalid ones."""
    if not query or not parameters:
        return b""
    try:
        data = parse_qs(query.decode("latin-1"), max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    except ValueError:
        return None
    known = urlencode({name: data[name][-1] for name in parameters if name in data}).encode()
    return known if len(known) <= MAX_QUERY else None


def joined(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Joins repeated headers as Django does."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return {name: (b"; " if name == b"cookie" else b",").join(values) for name, values in found.items()}


def chosen_language(cookies: bytes) -> bytes:
    """Value of the language cookie."""
    start = cookies.find(LANGUAGE_COOKIE)
    while start > 0 and cookies[start - 1] not in b"; ":  # the end of another cookie's name
        start = cookies.find(LANGUAGE_COOKIE, start + 1)
    if start < 0:
        return b""
    start += len(LANGUAGE_COOKIE)
    end = cookies.find(b";", start)
    return cookies[start : end if end > 0 else None][:MAX_LANGUAGE]


class Client(NamedTuple):
    language: str
    encoding: str
    is_browser: bool


def client_of(chosen: bytes, languages: bytes | None, encodings: bytes | None, agent: bytes | None) -> Client:
    """What is known of a client, cached by headers."""
    data = (chosen, languages, encodings, agent)
    client = clients.get(data)
    if client is None:
        languages, encodings, agent = ((header or b"")[:MAX_HEADER] for header in data[1:])
        client = Client(language_of(chosen, languages), encoding_of(encodings), is_browser(agent))
        if len(clients) >= MAX_CLIENTS:
            clients.clear()
        if sum(map(len, filter(None, data))) <= MAX_HEADER:
            clients[data] = client
    return client


clients: dict[tuple, Client] = {}
on_load.append(clients.clear)  # the site's language may be another one


def language_of(chosen: bytes, accepted: bytes) -> str:
    """The language that Django would choose."""
    cookies = {settings.LANGUAGE_COOKIE_NAME: chosen.decode("latin-1")} if chosen else {}
    meta = {"HTTP_ACCEPT_LANGUAGE": accepted.decode("latin-1")}
    request = HttpRequest()
    request.COOKIES, request.META = cookies, meta
    return language_from_request(request)


def encoding_of(accepted: bytes) -> str:
    """`br`, `gzip` or none: preferred by the client, smaller one on ties."""
    weights = {}
    for item in accepted.decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        weights[name] = next((weight(p) for p in parameters if p.startswith("q=")), 1.0)
    other = weights.get("*", 0.0)
    best = max(("br", "gzip"), key=lambda name: weights.get(name, other))
    return best if weights.get(best, other) > 0 else ""


def weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0


class Host(NamedTuple):
    name: bytes
    """Host in the cache key; empty if SITE_URL applies to all pages."""
    is_own: bool
    """Whether settings name it literally, with a port we listen on."""


@lru_cache(maxsize=256)
def host_of(header: bytes, secure: bool, port: int | None) -> Host | None:
    """Canonical Host header for a server on `port`; None if not allowed."""
    request = HttpRequest()
    request.META = {"HTTP_HOST": header.decode("latin-1"), "SERVER_NAME": "", "SERVER_PORT": ""}
    try:
        name, asked = split_domain_port(request.get_host())
    except DisallowedHost:
        return None
    if not header:
        return None
    if settings.SITE_URL:
        return Host(b"", True)
    default = "443" if secure else "80"
    is_own = name in settings.ALLOWED_HOSTS and asked in {"", default, str(port)}
    return Host((name if asked in {"", default} else f"{name}:{asked}").encode("latin-1"), is_own)


BROWSER = re.compile(rb"Mozilla/\d")
ROBOT = re.compile(
    rb"(?<!cu)bot\b|crawl|spider|slurp|http|preview|monitor|headless|lighthouse|scan|archiver|feed|rss|fetch",
    re.IGNORECASE,
)
"""Cubot is a phone brand."""


def is_browser(agent: bytes) -> bool:
    """Browsers say Mozilla; bots that do as well have a URL or e-mail address."""
    return BROWSER.match(agent) is not None and ROBOT.search(agent) is None


def is_preparing(headers: dict[bytes, bytes]) -> bool:
    """Prefetch requests."""
    return b"sec-purpose" in headers or headers.get(b"purpose") == b"prefetch"


@lru_cache(maxsize=2048)
def referrer_of(referrer: bytes, host: bytes) -> str:
    """Referring host without `www.`; empty for our own and invalid ones."""
    scheme, separator, rest = referrer[:MAX_HEADER].partition(b"://")
    name = rest.partition(b"/")[0].partition(b"?")[0].rpartition(b"@")[2].lower()
    if not separator or scheme not in {b"https", b"http"} or name == host.lower() or not HOST.fullmatch(name):
        return ""
    return name.decode().partition(":")[0].removeprefix("www.")


def is_reading(headers: dict[bytes, bytes]) -> bool:
    """Whether it is a page view by a person."""
    return is_browser(headers.get(b"user-agent", b"")[:MAX_HEADER]) and not is_preparing(headers)
