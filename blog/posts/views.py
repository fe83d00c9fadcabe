"""The page of a post, and of a page."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import resolve
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from blog.posts import access, querysets
from blog.posts.models import Page, Post
from blog.posts.models.redirect import ENTRIES, is_answered
from blog.site.structured_data import post_structured_data
from frodo.page_cache import SURROGATE_KEY, shared
from frodo.rate_limits import TooFast
from frodo.site_frame import frame_context, render_page, site_root

PADDED_NUMBER = re.compile(r"(.*/)0+([0-9]+)(/|/comments\.xml)")
Part = Callable[[Post], Awaitable[dict]]
"""What another package adds to a post's page: takes a post, returns template context."""


@shared()
async def post(request: HttpRequest, slug: str, parts: Iterable[Part] = ()) -> HttpResponse:
    found = await Post.objects.released().for_page().filter(slug=slug).afirst()
    if found is None:
        return await moved(request, slug)
    if not found.is_open:
        try:
            await sync_to_async(access.check)(request, found)
        except Http404:
            if found.visibility == Post.Visibility.PASSWORD:
                return await ask_password(request, found)
            raise
    if not found.is_complete:
        await sync_to_async(Post.complete)([found])
    # The post with its neighbours, each part and the menu know nothing of one another, so they are awaited together.
    entry, *added = await asyncio.gather(
        found.to_dict((*querysets.DETAIL, *querysets.NEIGHBOURS), expand="author", native=True),
        *(part(found) for part in (*parts, frame_context)),
    )
    root = site_root(request)
    context = {
        "post": entry,
        "json_ld": post_structured_data(entry, root),
        "canonical": entry["canonical_url"] or root + entry["url"],
    }
    for names in added:
        context |= names
    response = await render_page(request, "posts/post.html", context)
    response.headers[SURROGATE_KEY] = found.surrogate_keys
    if not found.is_listed:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


async def ask_password(request: HttpRequest, post: Post, *, error: str = "", status: int = 200) -> HttpResponse:
    access.mark_personal(request)
    context = {"title": post.title, "language": post.language, "slug": post.slug, "error": error}
    return await render_page(request, "posts/password.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
async def unlock(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the form of a post that is protected by a password is sent to."""
    access.mark_personal(request)
    found = await Post.objects.released().only("slug", "title", "language", "password").filter(slug=slug).afirst()
    if found is None or found.visibility != Post.Visibility.PASSWORD:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(found.url)
    try:
        is_right = await sync_to_async(access.is_password_of)(request, found, request.POST.get("password", "").strip())
    except TooFast as error:
        response = await ask_password(request, found, error=str(error), status=error.status)
        response.headers["Retry-After"] = error.retry_after
        return response
    if not is_right:
        return await ask_password(request, found, error=gettext("Incorrect password. Try again."), status=403)
    response = HttpResponseRedirect(found.url)
    access.remember(request, response, found)
    return response


async def moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect from an ID, and from a slug of another kind of post. IDs can be counted up, so they lead to listed posts
    only.
    """
    is_id = slug.isascii() and slug.isdigit()
    named = {"pk": min(int(slug), 2**63 - 1)} if is_id else {"slug": slug}
    found = await Post.threads.published().filter(**named).only("slug").afirst()
    if found and found.url != request.path:
        return HttpResponsePermanentRedirect(found.url)
    raise Http404


@shared(shows_comments=False)
async def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = await Page.objects.published().filter(slug=slug).afirst()
    if found is None:
        raise Http404
    entry = await found.to_dict(querysets.PAGE, native=True)
    canonical = entry["canonical_url"] or site_root(request) + found.url
    return await render_page(request, "posts/page.html", {"entry": entry, "canonical": canonical, "page_id": found.pk})


@shared()
async def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """The last URL pattern: adds a missing slash, or 404; `not_found` looks for redirects."""
    # This pattern matches everything, so CommonMiddleware never sees a missing slash.
    if not path.endswith("/") and (match := resolve(f"/{path}/")).func is not nothing:
        if match.url_name in ENTRIES and not await sync_to_async(is_answered)(f"/{path}"):
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))
    padded = PADDED_NUMBER.fullmatch(request.path)
    if padded and resolve("".join(padded.groups())).func is not nothing:
        return HttpResponsePermanentRedirect("".join(padded.groups()))
    raise Http404
