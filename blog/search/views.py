"""The search page, and its results alone for a script that asks while one types."""

from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from blog.models import Post, Tag
from blog.posts import querysets
from blog.posts.models.live_entry import add_plain_entries
from blog.search.highlighting import Highlighter
from blog.search.query import MAX_LENGTH, SearchResults, parse
from blog.search.searching import search
from blog.site.pagination import MOST, Page, rows_of
from frodo.page_cache import shared
from frodo.site_frame import render_page
from frodo.site_settings import site

PARAMETERS = ("q", "tag", "year", "page")


@shared(*PARAMETERS)
async def page(request: HttpRequest) -> HttpResponse:
    found, context = await results(request)
    return uncached_if_stale(await render_page(request, "posts/search.html", context), found)


@shared(*PARAMETERS)
async def fragment(request: HttpRequest) -> HttpResponse:
    found, context = await results(request)
    return uncached_if_stale(render(request, "posts/_search_results.html", context), found)


def uncached_if_stale(response: HttpResponse, found: SearchResults) -> HttpResponse:
    """Results of an index that lags behind are not cached: nothing would purge them later."""
    if not found.is_current:
        response.headers["Cache-Control"] = "no-store"
    return response


async def results(request: HttpRequest) -> tuple[SearchResults, dict]:
    """What was found, and the template's context."""
    given = {name: request.GET.get(name, "")[:MAX_LENGTH].strip() for name in PARAMETERS}
    number = given.pop("page") or "1"
    if not (number.isascii() and number.isdigit() and len(number) < 6 and 0 < int(number) <= MOST):
        raise Http404
    query, per_page = parse(given["q"], tag=given["tag"], year=given["year"]), site.POSTS_PER_PAGE

    def find() -> tuple[SearchResults, list[dict], Tag | None]:
        """In one thread hop, with the highlighting, which takes long for long texts."""
        found = search(query, (int(number) - 1) * per_page, per_page)
        tag = Tag.objects.named(given["tag"]) if given["tag"] else None
        rows = [post for post in rows_of(found.posts, Post.threads.for_search()) if post.is_listed]
        add_plain_entries(rows)
        posts = Post.to_dicts_sync(rows, querysets.SEARCH_RESULT, native=True)
        return found, highlighted(posts, Highlighter(query)), tag

    found, posts, tag = await sync_to_async(find)()
    pages = Page(int(number), max(1, -(-found.n // per_page)), found.n, lambda n: search_url(given, page=n))
    if pages.number > pages.n_pages:
        raise Http404
    context = {
        "query": given["q"],
        "has_no_words": bool(given["q"]) and not query,
        "is_asked": bool(query),
        "results": posts,
        "n_results": found.n,
        "page": pages,
        "found": found,
        "tag": tag.name if tag else given["tag"],
        "year": given["year"],
        "years": [(year, n, search_url(given, year=year)) for year, n in found.years.items()]
        if len(found.years) > 1
        else [],
        "without_tag": search_url(given, tag=""),
        "without_year": search_url(given, year=""),
    }
    return found, context


def highlighted(posts: list[dict], highlighter: Highlighter) -> list[dict]:
    """The same posts with `marked_title` and `marked_snippet`, in which matches stand in <mark>."""
    for post in posts:
        text = post["plain"] if post["kind"] == Post.Kind.ACTIVITY else f"{post['summary']} {post['plain']}"
        post["marked_title"] = highlighter.mark(post["title"])
        post["marked_snippet"] = highlighter.passage(text)
    return posts


def search_url(given: dict[str, str], **changed: object) -> str:
    """The search's URL with other parameters."""
    words = {name: str(value) for name, value in {**given, **changed}.items() if value and (name, value) != ("page", 1)}
    return reverse("search") + (f"?{urlencode(words)}" if words else "")
