"""What belongs to the whole site: stylesheet and files of the theme, prefetching, offline reading, the blogroll."""

import mimetypes
from functools import cache
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page

from blog.site.models import BlogrollLink
from frodo.page_cache import shared
from frodo.site_frame import render_page
from frodo.site_settings import colors, site
from frodo.themes import active, inside

COLORS = """\
:root:root {{ --accent: {light}; --accent-text: {light_text}; --ok: {light}; }}
@media (prefers-color-scheme: dark) {{
  :root:root:not([data-theme="light"]) {{ --accent: {dark}; --accent-text: {dark_text}; --ok: {dark}; }}
}}
:root:root[data-theme="dark"] {{ --accent: {dark}; --accent-text: {dark_text}; --ok: {dark}; }}
:root:root[data-paper="sepia"] {{ --accent: {sepia}; --accent-text: {sepia_text}; --ok: {sepia}; }}
"""
SANS = '[lang]:not([lang|="zh"]):not([data-_]) { --font-text: var(--font-sans); --size-text: 1.0625rem; }\n'


@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
async def appearance(request: HttpRequest, version: str) -> HttpResponse:
    """The URL contains the version, so it is cached for a year. An old version gets the current stylesheet."""
    return HttpResponse(stylesheet(), content_type="text/css; charset=utf-8")


@gzip_page
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
async def theme_file(request: HttpRequest, name: str, version: str, path: str) -> HttpResponse:
    """A file of the active theme's folder `static/`; the version in the URL as above."""
    theme = active.get()
    if theme is None or theme.name != name:
        raise Http404
    try:
        content = await sync_to_async(inside(theme.folder / "static", path).read_bytes)()
    except (OSError, ValueError) as error:  # no file, outside of the folder
        raise Http404 from error
    return HttpResponse(content, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")


def stylesheet() -> str:
    parts = []
    if accent := site.ACCENT_COLOR:
        dark, sepia = colors.for_dark(accent), colors.for_sepia(accent)
        values = {
            "light": accent,
            "light_text": colors.text_on(accent),
            "dark": dark,
            "dark_text": colors.text_on(dark),
            "sepia": sepia,
            "sepia_text": colors.text_on(sepia),
        }
        parts.append(COLORS.format(**values))
    if site.TEXT_FONT == "sans":
        parts.append(SANS)
    return "".join(parts)


LISTS = ("tags", "topics", "archives", "activities")
ITEMS = ("post", "p", "page", "tag", "topic", "author", "archives", "activities")
LANGUAGE_LISTS = [url for code, _name in settings.LANGUAGES for url in (f"/{code}/", f"/{code}/archives/")]
RULES = {
    "prefetch": [
        {
            "where": {
                "and": [
                    {
                        "href_matches": [
                            "/",
                            *(f"/{name}/" for name in LISTS),
                            *(f"/{name}/:item/" for name in ITEMS),
                            *LANGUAGE_LISTS,
                        ]
                    },
                    {"not": {"selector_matches": "[rel~=nofollow]"}},
                ]
            },
            "eagerness": "moderate",
        }
    ]
}
"""Links to public pages are prefetched when the pointer rests on one. They are not prerendered: a prerendered page
would open a websocket and count its reader as present."""
REMOVAL = """\
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("frodo-")) await caches.delete(name);
  await self.registration.unregister();
})()));
"""
"""The worker of a site with offline reading disabled: it deletes the caches and unregisters itself."""


@cache_control(public=True, max_age=24 * 3600)
async def speculation_rules(request: HttpRequest) -> HttpResponse:
    return JsonResponse(RULES, content_type="application/speculationrules+json")


@cache
def worker_script() -> str:
    return Path(finders.find("js/service_worker.js") or "").read_text()


@cache_control(no_cache=True)
async def service_worker(request: HttpRequest) -> HttpResponse:
    return HttpResponse(worker_script() if site.OFFLINE else REMOVAL, content_type="text/javascript; charset=utf-8")


@shared(shows_comments=False)
async def offline(request: HttpRequest) -> HttpResponse:
    """The page that the service worker shows for pages that are not cached."""
    return await render_page(request, "offline.html", {})


@shared(shows_comments=False)
async def blogroll(request: HttpRequest) -> HttpResponse:
    return await render_page(
        request, "site/blogroll.html", {"links": [link async for link in BlogrollLink.objects.all()]}
    )


@shared(shows_comments=False)
async def opml(request: HttpRequest) -> HttpResponse:
    """OPML 2.0, http://opml.org/spec2.opml: what a feed reader imports, so only links with a feed."""
    links = [link async for link in BlogrollLink.objects.exclude(feed_url="")]
    context = {"links": links, "now": timezone.now()}
    return render(request, "site/blogroll.opml", context, content_type="text/x-opml; charset=utf-8")
