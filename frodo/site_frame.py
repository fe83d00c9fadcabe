"""The site's frame: what every page's template needs besides its own context.

Nothing in it is personal, because pages are cached and the same for everyone.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frodo.site_settings import site
from frodo.themes import active

SPECULATION_RULES = '"/speculation-rules.json"'
"""Header: what browsers may fetch ahead (blog/site/views.py). A file, because the CSP allows no inline script."""

_loaders: list[Callable[[], dict]] = []


def register_frame_context(load: Callable[[], dict]) -> None:
    """Add template context that costs queries, such as the menu, to every page. `load` is called in a thread."""
    _loaders.append(load)


def load_frame_context() -> dict:
    """The registered context. Sync, since it queries the database."""
    return {name: value for load in _loaders for name, value in load().items()}


async def frame_context(_post: object = None) -> dict:
    """The same for async views, which can await it together with their own queries."""
    return await sync_to_async(load_frame_context)()


async def render_page(
    request: HttpRequest, template: str, context: dict, *, in_thread: bool = False, **options: Any
) -> HttpResponse:
    """Render a template in the site's frame.

    Args:
        context: The template's own; if it has the key "menu", it already includes `frame_context()`.
        in_thread: Render off the event loop, for lists that may be long.
        options: Passed to `django.shortcuts.render`, such as `status`.
    """
    names = context if "menu" in context else {**context, **await frame_context()}
    if in_thread:
        response = await sync_to_async(render)(request, template, names, **options)
    else:
        response = render(request, template, names, **options)
    response.headers["Speculation-Rules"] = SPECULATION_RULES
    return response


def site_root(request: HttpRequest) -> str:
    """Scheme and host that readers use, without a slash at the end; empty when the Host header is not allowed."""
    if settings.SITE_URL:
        return settings.SITE_URL
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return ""


def site_context(request: HttpRequest) -> dict:
    """Context processor: the site's name, description, languages and origin, and the page's canonical URL."""
    root = site_root(request)
    return {
        "SITE_NAME": site.SITE_NAME,
        "SITE_DESCRIPTION": site.SITE_DESCRIPTION,
        "site": site,
        "theme": active.get(),
        "LANGUAGES": settings.LANGUAGES,
        "site_root": root,
        "canonical": root + request.path,
    }


def frame_of_allauth_pages(request: HttpRequest) -> dict:
    """Context processor: the frame of allauth's pages, whose views cannot use `render_page` and run in a thread."""
    match = getattr(request, "resolver_match", None)
    return load_frame_context() if match and match.func.__module__.startswith("allauth.") else {}
