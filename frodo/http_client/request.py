"""One request and its response, without cookies, credentials, proxies or state."""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from time import time

import httpcore2
from django.conf import settings
from django.utils.http import parse_http_date_safe
from httpx2 import URL, InvalidURL, create_ssl_context

from frodo.http_client import Answer, Fetched, Wanted
from frodo.http_client.body import read as read_body
from frodo.http_client.body import type_of
from frodo.http_client.connection import Guarded, Resolve, resolve
from frodo.http_client.errors import BadAnswer, BadStatus, BadUrl, TimedOut, TooLarge, Unreachable, WrongType
from frodo.site_settings import site

UNKNOWN = ("", "application/octet-stream", "application/unknown", "unknown/unknown")
CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I | re.A)
LONGEST_ANSWER = 2000
"""Bytes that are read of the response to a POST."""
LONGEST_WAIT = 24 * 60 * 60
"""Seconds a Retry-After may ask for."""
LONGEST_URL = 2048
HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_:")
"""Of host names in ASCII and of IP addresses without a zone (`%eth0`), which no public host has."""

tls_by_default = cache(create_ssl_context)


async def ask(url: URL, wanted: Wanted, resolve_by: Resolve | None, tls: ssl.SSLContext | None) -> Fetched | str:
    """Send the request; return the response, or the target of a redirect."""
    async with answer_to("GET", url, headers(url, wanted), None, resolve_by, tls) as answer:
        return await read_response(answer, url, wanted)


async def send(method: str, url: URL, body: bytes, given: dict[str, str]) -> Answer:
    """Send a request with a body; return the response."""
    own = {"Host": url.netloc.decode("ascii"), "User-Agent": user_agent(), "Connection": "close"}
    own["Content-Length"] = str(len(body))
    lines = [(name.encode(), value.encode("ascii", "replace")) for name, value in {**own, **given}.items()]
    async with answer_to(method, url, lines, body, None, None) as answer:
        data = {name.lower(): value for name, value in answer.headers}
        start = b""
        async for chunk in answer.aiter_stream():
            start += chunk
            if len(start) >= LONGEST_ANSWER:
                break
        wait = seconds_of(data.get(b"retry-after", b"").decode("latin-1"))
        return Answer(answer.status, start[:LONGEST_ANSWER].decode("utf-8", "replace").replace("\0", "")[:500], wait)


@asynccontextmanager
async def answer_to(
    method: str,
    url: URL,
    lines: list[tuple[bytes, bytes]],
    body: bytes | None,
    resolve_by: Resolve | None,
    tls: ssl.SSLContext | None,
) -> AsyncIterator[httpcore2.Response]:
    pool = httpcore2.AsyncConnectionPool(
        ssl_context=tls or tls_by_default(), max_connections=1, network_backend=Guarded(resolve_by or resolve)
    )
    to = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    try:
        async with pool, pool.stream(method, to, headers=lines, content=body) as answer:
            yield answer
    except httpcore2.TimeoutException as error:
        raise TimedOut from error
    except (httpcore2.ProtocolError, UnicodeDecodeError) as error:
        raise BadAnswer(error) from error
    except (httpcore2.NetworkError, OSError) as error:
        raise Unreachable(error) from error


async def read_response(answer: httpcore2.Response, url: URL, wanted: Wanted) -> Fetched | str:
    data: dict[str, str] = {}
    for name, value in answer.headers:
        data.setdefault(name.decode("ascii").lower(), value.decode("utf-8", "replace").strip())
    if answer.status in (301, 302, 303, 307, 308) and data.get("location"):
        return data["location"]
    if answer.status not in (200, 203):
        raise BadStatus(answer.status, seconds_of(data.get("retry-after", "")))
    content_type = data.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    charset = CHARSET.search(content_type)
    is_unknown = kind in UNKNOWN
    if not is_unknown and not is_one_of(kind, wanted.types):
        raise WrongType
    body = b""
    if is_unknown or is_one_of(kind, wanted.bodies):
        length = int(data.get("content-length", "0"))
        if length > wanted.most_bytes and not wanted.may_cut:
            raise TooLarge
        packed = data.get("content-encoding", "").lower()
        body = await read_body(answer.aiter_stream(), wanted.most_bytes, packed, may_cut=wanted.may_cut)
    if is_unknown:
        kind = type_of(body) or kind
        if not is_one_of(kind, wanted.types):
            raise WrongType
    return Fetched(str(url), kind, charset[1] if charset else "", body)


def headers(url: URL, wanted: Wanted) -> list[tuple[bytes, bytes]]:
    language = site.LANGUAGE_CODE
    data = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": user_agent(),
        "Accept": ", ".join(wanted.types),
        "Accept-Language": f"{language}, {language.partition('-')[0]};q=0.9, *;q=0.5",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    return [(name.encode(), value.encode("ascii", "replace")) for name, value in data.items()]


def user_agent() -> str:
    return f"Mozilla/5.0 (compatible; Frodo; +{settings.SITE_URL or 'a blog'})"


def is_one_of(kind: str, types: tuple[str, ...]) -> bool:
    family = kind.partition("/")[0]
    return any(wanted.partition(";")[0] in (kind, f"{family}/*", "*/*") for wanted in types)


def seconds_of(retry_after: str) -> int | None:
    """Seconds of a Retry-After header: a number or an HTTP date."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(int(retry_after[:9]), LONGEST_WAIT)
    when = parse_http_date_safe(retry_after)
    return None if when is None else min(max(0, int(when - time())), LONGEST_WAIT)


def parse_url(text: str, base: URL | None = None) -> URL:
    """A URL without its fragment, its host in ASCII, relative to `base`. Raises BadUrl."""
    try:
        url = base.join(text) if base else URL(text)
        host, port = url.raw_host.decode("ascii").removesuffix("."), url.port
        url = url.copy_with(host=host, fragment=None)
    except (InvalidURL, ValueError) as error:
        raise BadUrl from error
    labels = host.split(".")
    if (
        url.scheme not in ("http", "https")
        or url.userinfo
        or not set(host) <= HOST_CHARACTERS
        or not all(0 < len(label) < 64 for label in labels)
        or len(host) > 253
        or not (port is None or 0 < port < 65536)
        or len(str(url)) > LONGEST_URL
    ):
        raise BadUrl
    return url
