"""Announce new and changed posts to search engines (IndexNow) and feed readers (WebSub), by background jobs."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from blog.posts.models import Post
from frodo import jobs
from frodo.http_client import fetch
from frodo.http_client import post as post_request
from frodo.jobs import run_request

MAX_BYTES = 10_000
FEEDS = ("atom", "rss", "json_feed")


def post_saved(instance: Post, **signal: Any) -> None:
    """Receiver of post_save. Drafts are not announced; scheduled posts are when their time has come."""
    if instance.status == Post.Status.DRAFT or instance.kind != Post.Kind.POST or instance.published_at is None:
        return
    for name, setting in (("submit_to_indexnow", settings.INDEXNOW_KEY), ("ping_websub_hub", settings.WEBSUB_HUB)):
        if setting:
            jobs.enqueue(name, instance.pk, at=max(instance.published_at, timezone.now()), post=instance.pk)


def submit_to_indexnow(post: int) -> None:
    """Submit one URL by GET, https://www.indexnow.org/documentation."""
    found = Post.objects.published().for_links().filter(pk=post).first()
    if found is None or not settings.INDEXNOW_KEY:
        return
    query = {
        "url": settings.SITE_URL + found.url,
        "key": settings.INDEXNOW_KEY,
        "keyLocation": settings.SITE_URL + reverse("indexnow_key"),
    }
    ask = partial(fetch, f"{settings.INDEXNOW_URL}?{urlencode(query)}", most_bytes=MAX_BYTES, may_cut=True)
    run_request(ask, accepted=[202])  # it will look at the key later


def ping_websub_hub(post: int) -> None:
    """Send the hub `hub.mode=publish` with the URLs of the feeds, as public hubs expect it."""
    if settings.WEBSUB_HUB and Post.objects.published().filter(pk=post).exists():
        urls = [("hub.url", settings.SITE_URL + reverse(name)) for name in FEEDS]
        body = urlencode([("hub.mode", "publish"), *urls]).encode()
        run_request(
            partial(post_request, settings.WEBSUB_HUB, body, {"Content-Type": "application/x-www-form-urlencoded"})
        )


async def indexnow_key(request: HttpRequest) -> HttpResponse:
    """The file by which IndexNow verifies the key."""
    if not settings.INDEXNOW_KEY:
        raise Http404
    return HttpResponse(settings.INDEXNOW_KEY, content_type="text/plain; charset=utf-8")
