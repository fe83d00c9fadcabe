"""SSRF-safe HTTP client for other people's URLs (docs/http-client.md)."""

from frodo.http_client.errors import (
    BadAnswer,
    BadStatus,
    BadUrl,
    NotFetched,
    NotPublic,
    TimedOut,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    WrongType,
)
from frodo.http_client.fetch import Answer, Fetched, fetch, post
