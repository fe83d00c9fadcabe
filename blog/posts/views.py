"""What readers open. Each view is: find, decide, answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import MAXYEAR, MINYEAR
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import aget_object_or_404, redirect
from django.urls import resolve, reverse
from django.utils import timezone

from blog.context import site_root
from blog.pages import menu, render_page
from blog.paging import take_page
from blog.posts import search as searching
from blog.posts import shown
from blog.posts.linked_data import linked_data
from blog.posts.models import OldAddress, Page, Post, Tag, Topic
from frodo.page_cache import ABOUT, shared

Part = Callable[[Post], Awaitable[dict]]
"""What another room adds to a post's page: a post in, names for the template out."""


@shared()
async def home(request: HttpRequest, number: int = 1) -> HttpResponse:
    if number == 1 and request.resolver_match.url_name == "home_page":
        return HttpResponsePermanentRedirect(reverse("home"))
    rows, page = await take_page(Post.objects.published().pinned_first().for_list(), number, home_address)
    posts = await Post.to_dicts(rows, shown.CARD, native=True)
    return await render_page(request, "posts/home.html", {"posts": posts, "page": page})


def home_address(number: int) -> str:
    return reverse("home") if number == 1 else reverse("home_page", args=[number])


@shared()
async def post(request: HttpRequest, slug: str, parts: Iterable[Part] = ()) -> HttpResponse:
    found = await Post.objects.published().for_page().filter(slug=slug).afirst()
    if found is None:
        return await moved(request, slug)
    # The post with its neighbours, each part and the menu know nothing of one another, so they are awaited together.
    entry, *added = await asyncio.gather(
        found.to_dict((*shown.WRITTEN, *shown.NEAR), expand="author", native=True),
        *(part(found) for part in (*parts, menu)),
    )
    context = {"post": entry, "json_ld": linked_data(entry, site_root(request))}
    for names in added:
        context |= names
    response = await render_page(request, "posts/post.html", context)
    response.headers[ABOUT] = found.pk
    return response


async def moved(request: HttpRequest, slug: str) -> HttpResponse:
    """An id leads to the post's address, and so does a slug that it once had. Here, too, by id or slug, is what is
    no post but has a discussion as posts have."""
    is_id = slug.isascii() and slug.isdigit()
    named = {"pk": min(int(slug), 2**63 - 1)} if is_id else {"slug": slug}
    found = await Post.threads.published().filter(**named).only("slug").afirst()
    if found and found.url != request.path:
        return HttpResponsePermanentRedirect(found.url)
    return await old_address(request, request.path.lstrip("/"))


@shared()
async def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = await Page.objects.published().filter(slug=slug).afirst()
    if found is None:
        return await old_address(request, request.path.lstrip("/"))
    return await render_page(request, "posts/page.html", {"entry": await found.to_dict(shown.PAGE, native=True)})


@shared()
async def tags(request: HttpRequest) -> HttpResponse:
    return await render_page(request, "posts/tags.html", {"tags": await Tag.to_dicts(Tag.objects.with_counts())})


@shared()
async def tag(request: HttpRequest, slug: str, number: int = 1) -> HttpResponse:
    shelf = await aget_object_or_404(Tag, slug=slug)

    def address(n: int) -> str:
        return reverse("tag", args=[slug]) if n == 1 else reverse("tag_page", args=[slug, n])

    rows, page = await take_page(Post.objects.published().tagged(slug).newest().for_list(), number, address)
    posts = await Post.to_dicts(rows, shown.CARD, native=True)
    return await render_page(request, "posts/tag.html", {"tag": shelf, "posts": posts, "page": page})


@shared()
async def topics(request: HttpRequest) -> HttpResponse:
    found = await Topic.to_dicts(Topic.objects.with_counts())
    return await render_page(request, "posts/topics.html", {"topics": found})


@shared()
async def topic(request: HttpRequest, slug: str) -> HttpResponse:
    shelf = await aget_object_or_404(Topic, slug=slug)
    posts = await Post.to_dicts(Post.objects.published().in_topic(slug).for_list(), shown.CARD, native=True)
    return await render_page(request, "posts/topic.html", {"topic": shelf, "posts": posts})


@shared()
async def archives(request: HttpRequest, year: int | None = None) -> HttpResponse:
    if year is not None and not MINYEAR <= year <= MAXYEAR - 1:
        raise Http404
    rows = Post.objects.published().newest().for_links()
    found = await Post.to_dicts(rows if year is None else rows.in_year(year), shown.LINK, native=True)
    if year is not None and not found:
        raise Http404
    years = [(y, list(same)) for y, same in groupby(found, key=lambda p: timezone.localtime(p["published_at"]).year)]
    return await render_page(request, "posts/archives.html", {"years": years, "year": year})


@shared("q", "page")
async def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")[: searching.MAX_LENGTH].strip()
    terms = searching.terms_of(query)
    context = {"query": query, "too_short": bool(query) and not terms, "results": [], "n_results": 0, "page": None}
    if terms:
        number = request.GET.get("page", "1")
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise Http404
        found = searching.matching(Post.objects.published(), terms).for_search()
        rows, page = await take_page(found, int(number), lambda n: searching.address(query, n), is_search=True)
        posts = await Post.to_dicts(rows, shown.FOUND, native=True)
        context |= {"results": searching.marked(posts, terms), "n_results": page.n_objects, "page": page}
    return await render_page(request, "posts/search.html", context)


@shared()
async def old_address(request: HttpRequest, path: str) -> HttpResponse:
    """The last pattern of the table: an address of before, one without its slash, or nothing at all."""
    found = await OldAddress.objects.leading_from(path)
    if found is not None:
        return redirect(found, permanent=True)
    # This pattern matches everything, so CommonMiddleware never sees a missing slash.
    if not path.endswith("/") and resolve(f"/{path}/").func is not old_address:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"/{path}/" + (f"?{query}" if query else ""))
    raise Http404
