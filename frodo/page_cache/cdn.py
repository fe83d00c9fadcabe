"""Surrogate keys for a CDN or cache in front of the site, and the job that tells it what to purge (docs/cdn.md)."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from time import time

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from frodo.http_client import post
from frodo.jobs import Job, Unavailable, enqueue, run_request

ALL = "frodo"
"""Surrogate key of every page."""
LISTS = "frodo-lists"
"""Surrogate key of pages that any change may concern, such as lists, which show numbers of comments."""
MAX_KEYS = 100
"""Keys in one request: Cloudflare takes 100, Fastly 256."""


def key_of(post: str) -> str:
    return f"{ALL}-{post}"


def surrogate_keys(own: frozenset[str]) -> list[tuple[bytes, bytes]]:
    """The response header with the keys of a page, by its surrogate keys in the page cache."""
    if not settings.CDN:
        return []
    keys = [key_of(key) for key in sorted(own) if key != "content"] if own else [LISTS]
    name, separator = ("cache-tag", ",") if settings.CDN == "cloudflare" else ("surrogate-key", " ")
    return [(name.encode(), separator.join([ALL, *keys]).encode())]


def enqueue_purge(about: Iterable[str] | None, at: datetime | None = None) -> None:
    """Purge pages of these posts with all lists, or everything, from the CDN; now, or at a later time."""
    if not settings.CDN:
        return
    at = purge_time(time() if at is None else at.timestamp())
    for key in [ALL] if about is None else [LISTS, *map(key_of, about)]:
        enqueue("purge_cdn", f"{key} {at.timestamp():.0f}", at=at, key=key)


def purge_time(changed: float) -> datetime:
    """When every process has heard of a change, since the CDN may ask any of them right after the purge.

    Rounded up, so that changes of a few seconds share one purge.
    """
    seconds = settings.PAGE_CACHE_POLL_SECONDS + settings.PAGE_CACHE_SETTLING_SECONDS
    return datetime.fromtimestamp((changed // seconds + 2) * seconds, UTC)


def purge_cdn(job: Job, key: str) -> None:
    """Send the key with those of all jobs that are due, or were tried before."""
    if not settings.CDN:
        return
    due = Q(available_at__lte=timezone.now()) | Q(attempts__gt=0)
    others = Job.objects.filter(due, type=job.type, state=Job.State.PENDING).exclude(pk=job.pk)[: MAX_KEYS - 1]
    keys = {key, *(other.args["key"] for other in others)}
    send([ALL] if ALL in keys else sorted(keys))
    Job.objects.filter(pk__in=[other.pk for other in others], state=Job.State.PENDING).delete()


def send(keys: list[str]) -> None:
    token, method, body, headers = settings.CDN_PURGE_TOKEN, "POST", b"", {}
    match settings.CDN:
        case "cloudflare":
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            body = json.dumps({"tags": keys}).encode()
        case "fastly":
            headers = {"Fastly-Key": token, "Surrogate-Key": " ".join(keys), "Accept": "application/json"}
        case "http":
            method, headers = "PURGE", {"Surrogate-Key": " ".join(keys)}
            headers |= {"Authorization": f"Bearer {token}"} if token else {}
    run_request(partial(post, settings.CDN_PURGE_URL, body, headers, method=method), transient=Unavailable)
