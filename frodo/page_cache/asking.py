"""What a request asks for, as far as it makes another page of it."""

import re
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_request

MAX_HEADER = 500
"""Bytes of a header that are looked at; Django reads no more of Accept-Language either."""
MAX_CLIENTS = 2000
MAX_LANGUAGE = 20
MAX_ADDRESS = 1000
MAX_QUERY = 300

LANGUAGE_COOKIE = settings.LANGUAGE_COOKIE_NAME.encode() + b"="


def shared(*parameters: str) -> Callable:
    """Mark a view whose pages are the same for everyone who asks in the same language.

    `parameters` are those of the query string that it reads. It is asked by nobody in particular: without
    cookies, and with no headers but the host and the language.
    """

    def mark(view: Callable) -> Callable:
        view.shared_parameters = parameters
        return view

    return mark


@lru_cache(maxsize=1024)
def parameters_of(path: str) -> tuple[str, ...] | None:
    """What the view of this address reads of the query string; None where it is not shared, or a file."""
    if path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
        return None
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return getattr(view, "shared_parameters", None)


def known_query(query: bytes, parameters: tuple[str, ...]) -> bytes | None:
    """The known parameters alone, in one order, as Django reads them; None for what Django refuses or nobody asks."""
    if not query or not parameters:
        return b""
    try:
        said = parse_qs(query.decode("latin-1"), max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    except ValueError:
        return None
    known = urlencode({name: said[name][-1] for name in parameters if name in said}).encode()
    return known if len(known) <= MAX_QUERY else None


def joined(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers that came more than once, put together as Django does."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        glue = b"; " if name == b"cookie" else b","
        found[name] = found[name] + glue + value if name in found else value
    return found


def chosen_language(cookies: bytes) -> bytes:
    """The value of the language cookie."""
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
    """All that is to be known of a client, by one look at those that came before."""
    said = (chosen, languages, encodings, agent)
    client = clients.get(said)
    if client is None:
        languages, encodings, agent = ((header or b"")[:MAX_HEADER] for header in said[1:])
        client = Client(language_of(chosen, languages), encoding_of(encodings), is_browser(agent))
        if len(clients) >= MAX_CLIENTS:
            clients.clear()
        if sum(map(len, filter(None, said))) <= MAX_HEADER:
            clients[said] = client
    return client


clients: dict[tuple, Client] = {}


def language_of(chosen: bytes, accepted: bytes) -> str:
    """The language Django would answer in."""
    cookies = {settings.LANGUAGE_COOKIE_NAME: chosen.decode("latin-1")} if chosen else {}
    meta = {"HTTP_ACCEPT_LANGUAGE": accepted.decode("latin-1")}
    return get_language_from_request(SimpleNamespace(COOKIES=cookies, META=meta))


def encoding_of(accepted: bytes) -> str:
    """`br`, `gzip`, or nothing: what the client likes best, and of equals the smaller."""
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


@lru_cache(maxsize=256)
def is_known_host(host: bytes) -> bool:
    """One of ALLOWED_HOSTS, in the spelling that browsers use: others fill no memory."""
    request = HttpRequest()
    request.META = {"HTTP_HOST": host.decode("latin-1"), "SERVER_NAME": "", "SERVER_PORT": ""}
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return host != b"" and host == host.lower()


BROWSER = re.compile(rb"Mozilla/\d")
ROBOT = re.compile(
    rb"(?<!cu)bot\b|crawl|spider|slurp|http|preview|monitor|headless|lighthouse|scan|archiver|feed|rss|fetch",
    re.IGNORECASE,
)
"""Cubot makes telephones."""


def is_browser(agent: bytes) -> bool:
    """Every browser says Mozilla; robots that say it too give themselves away by a name or an address."""
    return BROWSER.match(agent) is not None and ROBOT.search(agent) is None


def is_preparing(headers: dict[bytes, bytes]) -> bool:
    """A browser that fetches what may be opened later."""
    return b"sec-purpose" in headers or headers.get(b"purpose") == b"prefetch"


def is_reading(headers: dict[bytes, bytes]) -> bool:
    """Somebody who opens the page, and not a robot."""
    return is_browser(headers.get(b"user-agent", b"")[:MAX_HEADER]) and not is_preparing(headers)
