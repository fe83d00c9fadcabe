"""Broken links and images in published texts (docs/link-check.md).

The job "check_links" finds links, and checks those that are due, a few each time. Links of this site are looked up,
those of other hosts fetched by the SSRF-safe client, which asks one host once a second at most and reads headers only.
A link is broken when it failed twice, an hour apart; where the failure may pass by itself, such as a timeout, when it
failed four times within two days.
"""

import asyncio
import re
from collections.abc import Iterable
from datetime import timedelta
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import timezone

from blog.link_check.models import CheckedLink
from blog.media import name_of
from blog.posts.models import Page, Post, Redirect, Tag, Topic
from blog.posts.models.live_entry import entries_of, html_with_entries
from frodo.http_client import BadStatus, NotFetched, NotPublic, fetch

State = CheckedLink.State

TEXTS_AT_ONCE = 200
LINKS_AT_ONCE = 20
SECONDS = 90
"""Maximum duration of a run."""
RETRY_AFTER = timedelta(hours=1)
TRANSIENT_RETRY_AFTER = timedelta(hours=16)
MAX_FAILURES, MAX_TRANSIENT_FAILURES = 2, 4
BROKEN_RETRY_AFTER = timedelta(days=7)
REJECTS_PROGRAMS = {401, 402, 403, 405, 406, 407, 429, 451, 999}
"""Statuses that hosts send to programs for pages that browsers can open."""
MAX_BYTES = 4096
"""Maximum bytes read of a response whose type is unknown."""
LINK = re.compile(r'<(?P<tag>a|img)\b[^>]*?\s(?:href|src)="(?P<url>[^"]*)"')
POSITION = "link-check-position"


def check_links() -> None:
    """Called every few minutes."""
    if settings.LINK_CHECK_DAYS:
        collect(next_texts())
        check(due_links())


def next_texts() -> list[Post | Page]:
    """The texts after those of the last call; after the last one, the first ones again."""
    kind, last = caches["default"].get(POSITION, ("post", 0))
    posts = Post.threads.published().of_any_kind().only("kind", "slug", "status", "published_at", "live", "html")
    rows = posts if kind == "post" else Page.objects.published()
    found: list[Post | Page] = list(rows.filter(pk__gt=last).order_by("pk")[:TEXTS_AT_ONCE])
    done = len(found) < TEXTS_AT_ONCE
    position = ("page" if kind == "post" else "post", 0) if done else (kind, found[-1].pk)
    caches["default"].set(POSITION, position, None)
    return found


def collect(texts: Iterable[Post | Page]) -> None:
    """Synchronise the rows of these texts with the links in them."""
    owners = {("post" if isinstance(text, Post) else "page", text.pk): text for text in texts}
    posts = [text for text in owners.values() if isinstance(text, Post)]
    pages = [text for text in owners.values() if isinstance(text, Page)]
    entries = entries_of(posts)
    rows = CheckedLink.objects.filter(Q(post__in=posts) | Q(page__in=pages)).only("post", "page", "url", "is_image")
    known: dict[tuple[str, int], dict[tuple[str, bool], int]] = {owner: {} for owner in owners}
    for row in rows:
        owner = ("post", row.post_id) if row.post_id else ("page", row.page_id or 0)
        known[owner][row.url, row.is_image] = row.pk
    fresh, gone = [], []
    for owner, text in owners.items():
        html = html_with_entries(text, entries.get(text.pk, ())) if isinstance(text, Post) else text.html
        wanted = links_in(html, text.url)
        gone += [pk for key, pk in known[owner].items() if key not in wanted]
        of_text = {owner[0]: text}
        fresh += [CheckedLink(url=url, is_image=img, **of_text) for url, img in sorted(wanted - known[owner].keys())]
    CheckedLink.objects.filter(pk__in=gone).delete()
    CheckedLink.objects.bulk_create(fresh)


def links_in(html: str, base: str) -> set[tuple[str, bool]]:
    """URLs in rendered HTML, without fragments, each with whether it is an image; those of this site as paths."""
    found = set()
    for match in LINK.finditer(html):
        try:
            url = urljoin(base, unescape(match["url"]).partition("#")[0])
            if url.startswith("//"):
                url = f"{urlsplit(settings.SITE_URL).scheme or 'https'}:{url}"
            parts = urlsplit(url)
        except ValueError:
            continue
        if settings.SITE_URL and url.startswith(f"{settings.SITE_URL}/"):
            url = url.removeprefix(settings.SITE_URL)
        is_page = parts.scheme in {"http", "https"} or (not parts.scheme and url.startswith("/"))
        if is_page and url != base and len(url) <= CheckedLink.MAX_URL:
            found.add((url, match["tag"] == "img"))
    return found


def due_links() -> list[CheckedLink]:
    rows = CheckedLink.objects.of_published_texts().filter(check_at__lte=timezone.now(), is_ignored=False)
    return list(rows.order_by("check_at", "pk")[:LINKS_AT_ONCE])


def check(links: Iterable[CheckedLink]) -> None:
    """Check each URL once and record the result. A URL without a response in time is checked by the next run."""
    links = list(links)
    keys = {(link.url, link.is_image) for link in links}
    local = {key: local_error(key[0]) for key in keys if key[0].startswith("/")}
    results = local | async_to_sync(fetch_all)([key for key in keys if key not in local])
    for link in links:
        if (link.url, link.is_image) in results:
            record(link, results[link.url, link.is_image])


def record(link: CheckedLink, error: NotFetched | str | None) -> None:
    """`error` is None for a link that works, and a code for a broken link to this site."""
    now = timezone.now()
    link.checked_at, link.reason = now, ""
    if error is None:
        link.state, link.n_failures = State.WORKS, 0
        link.check_at = now + timedelta(days=settings.LINK_CHECK_DAYS)
    elif isinstance(error, NotPublic) or (isinstance(error, BadStatus) and error.response_status in REJECTS_PROGRAMS):
        link.state, link.reason, link.n_failures = State.UNKNOWN, reason_of(error), 0
        link.check_at = now + timedelta(days=settings.LINK_CHECK_DAYS)
    else:
        is_transient = isinstance(error, NotFetched) and error.is_transient
        link.n_failures = min(link.n_failures + 1, 1000)
        link.reason = reason_of(error)
        is_broken = link.n_failures >= (MAX_TRANSIENT_FAILURES if is_transient else MAX_FAILURES)
        link.state = State.BROKEN if is_broken else State.FAILED
        link.check_at = now + (
            BROKEN_RETRY_AFTER if is_broken else TRANSIENT_RETRY_AFTER if is_transient else RETRY_AFTER
        )
    CheckedLink.objects.filter(pk=link.pk).update(
        **{name: getattr(link, name) for name in ("state", "reason", "n_failures", "checked_at", "check_at")}
    )


def reason_of(error: NotFetched | str) -> str:
    if isinstance(error, BadStatus):
        return f"{error.code} {error.response_status}"
    return error if isinstance(error, str) else error.code


async def fetch_all(keys: list[tuple[str, bool]]) -> dict[tuple[str, bool], NotFetched | None]:
    """Fetch URLs concurrently, those of one host one by one. Leaves out what takes too long."""
    tasks = {key: asyncio.create_task(fetch_error(*key)) for key in keys}
    if not tasks:
        return {}
    done, late = await asyncio.wait(tasks.values(), timeout=SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {key: task.result() for key, task in tasks.items() if task in done}


async def fetch_error(url: str, is_image: bool) -> NotFetched | None:
    try:
        accept = ("image/*",) if is_image else ("*/*",)
        await fetch(url, most_bytes=MAX_BYTES, may_cut=True, accept=accept, bodies=())
    except NotFetched as error:
        return error
    return None


def local_error(url: str) -> str | None:
    """The code of what is wrong with a path of this site; None where it works."""
    path = unquote(urlsplit(url).path)
    try:
        if name := name_of(url):
            return None if default_storage.exists(name) else "no_file"
        if path.startswith(settings.STATIC_URL):
            name = path.removeprefix(settings.STATIC_URL)
            return None if staticfiles_storage.exists(name) or finders.find(name) else "no_file"
    except SuspiciousFileOperation:
        return "no_file"
    return None if is_public_path(path) or Redirect.objects.find(path) else "not_found"


def is_public_path(path: str) -> bool:
    """Whether the path is a view's, and a reader who has it finds its post, page, tag or topic."""
    try:
        match = resolve(path)
        if match.url_name is None and not path.endswith("/"):
            match = resolve(f"{path}/")  # as Django redirects
    except Resolver404:
        return False
    slug = match.kwargs.get("slug")
    if match.url_name == "activity":
        return Post.threads.published().filter(kind=Post.Kind.ACTIVITY, pk=match.kwargs["pk"]).exists()
    if match.url_name == "post":
        return Post.objects.released().exclude(visibility=Post.Visibility.PRIVATE).filter(slug=slug).exists()
    if match.url_name == "page":
        return Page.objects.published().filter(slug=slug).exists()
    if slug is not None and (match.url_name or "").startswith(("tag", "topic")):
        model = Tag if (match.url_name or "").startswith("tag") else Topic
        return model.objects.visible().filter(slug=slug).exists()
    return match.url_name is not None  # the last pattern takes everything and has no name


def check_again(links: Iterable[CheckedLink]) -> int:
    """Check these links as soon as the job runs, but for those that their text has no longer. Returns how many."""
    links = list(links)
    collect(link.entry for link in links if link.entry)
    return CheckedLink.objects.filter(pk__in=[link.pk for link in links]).update(
        check_at=timezone.now(), is_ignored=False
    )
