"""One request and its answer. Without cookies, credentials, proxies, nor a memory of the one before."""

import re
import ssl
from functools import cache
from time import time

import httpcore2
from django.conf import settings
from django.utils.http import parse_http_date_safe
from httpx2 import URL, create_ssl_context

from frodo.outside import bodies
from frodo.outside.connecting import Guarded, Resolve, resolve
from frodo.outside.errors import BadAnswer, BadStatus, TimedOut, TooLarge, Unreachable, WrongType
from frodo.outside.fetching import Fetched, Wanted
from frodo.outside.urls import read

__all__ = ["ask", "read"]

UNKNOWN = ("", "application/octet-stream", "application/unknown", "unknown/unknown")
CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I | re.A)
LONGEST_WAIT = 24 * 60 * 60
"""Seconds a Retry-After may ask for."""

tls_by_default = cache(create_ssl_context)


async def ask(url: URL, wanted: Wanted, resolve_by: Resolve | None, tls: ssl.SSLContext | None) -> Fetched | str:
    """The answer, or where it sends us."""
    pool = httpcore2.AsyncConnectionPool(
        ssl_context=tls or tls_by_default(), max_connections=1, network_backend=Guarded(resolve_by or resolve)
    )
    to = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    try:
        async with pool, pool.stream("GET", to, headers=headers(url, wanted)) as answer:
            return await heard(answer, url, wanted)
    except httpcore2.TimeoutException as error:
        raise TimedOut from error
    except (httpcore2.ProtocolError, UnicodeDecodeError) as error:
        raise BadAnswer(error) from error
    except (httpcore2.NetworkError, OSError) as error:
        raise Unreachable(error) from error


async def heard(answer: httpcore2.Response, url: URL, wanted: Wanted) -> Fetched | str:
    said: dict[str, str] = {}
    for name, value in answer.headers:
        said.setdefault(name.decode("ascii").lower(), value.decode("utf-8", "replace").strip())
    if answer.status in (301, 302, 303, 307, 308) and said.get("location"):
        return said["location"]
    if answer.status not in (200, 203):
        raise BadStatus(answer.status, seconds_of(said.get("retry-after", "")))
    content_type = said.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    charset = CHARSET.search(content_type)
    is_unknown = kind in UNKNOWN
    if not is_unknown and not is_one_of(kind, wanted.types):
        raise WrongType
    body = b""
    if is_unknown or is_one_of(kind, wanted.bodies):
        length = int(said.get("content-length", "0"))
        if length > wanted.most_bytes and not wanted.may_cut:
            raise TooLarge
        packed = said.get("content-encoding", "").lower()
        body = await bodies.read(answer.aiter_stream(), wanted.most_bytes, packed, may_cut=wanted.may_cut)
    if is_unknown:
        kind = bodies.type_of(body) or kind
        if not is_one_of(kind, wanted.types):
            raise WrongType
    return Fetched(str(url), kind, charset[1] if charset else "", body)


def headers(url: URL, wanted: Wanted) -> list[tuple[bytes, bytes]]:
    language = settings.LANGUAGE_CODE
    said = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": f"Mozilla/5.0 (compatible; Frodo; +{settings.SITE_URL or 'a blog'})",
        "Accept": ", ".join(wanted.types),
        "Accept-Language": f"{language}, {language.partition('-')[0]};q=0.9, *;q=0.5",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    return [(name.encode(), value.encode("ascii", "replace")) for name, value in said.items()]


def is_one_of(kind: str, types: tuple[str, ...]) -> bool:
    family = kind.partition("/")[0]
    return any(wanted.partition(";")[0] in (kind, f"{family}/*", "*/*") for wanted in types)


def seconds_of(retry_after: str) -> int | None:
    """Seconds, or the time in HTTP's own writing."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(int(retry_after[:9]), LONGEST_WAIT)
    when = parse_http_date_safe(retry_after)
    return None if when is None else min(max(0, int(when - time())), LONGEST_WAIT)
