"""What everybody may read, as JSON. `?fields=` and `?expand=` say how much of it."""

from django.http import HttpRequest
from django.shortcuts import aget_object_or_404

from blog.paging import take_page
from blog.posts.models import Page, Post, Tag, Topic
from frodo.api import json_view, number

MAX_PAGE = 100


def asked(request: HttpRequest) -> dict:
    return {"fields": request.GET.get("fields"), "expand": request.GET.get("expand")}


@json_view
async def posts(request: HttpRequest) -> dict:
    """Published posts, the newest first; of a tag, topic or language where asked."""
    found = Post.objects.published().newest()
    for name, lookup in (("tag", "tags__slug"), ("topic", "topic__slug"), ("language", "language")):
        if value := request.GET.get(name):
            found = found.filter(**{lookup: value})
    limit = number(request.GET.get("limit"), 20, least=1, most=MAX_PAGE)
    current = number(request.GET.get("page"), 1, least=1)

    def address(n: int) -> str:
        query = request.GET.copy()
        query["page"] = n
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    rows, page = await take_page(found, current, address, per_page=limit)
    return {
        "count": page.n_objects,
        "next": page.next_url or None,
        "previous": page.previous_url or None,
        "results": await Post.to_dicts(rows, **asked(request)),
    }


@json_view
async def post(request: HttpRequest, slug: str) -> dict:
    return await (await aget_object_or_404(Post.objects.published(), slug=slug)).to_dict(**asked(request))


@json_view
async def pages(request: HttpRequest) -> dict:
    return {"results": await Page.to_dicts(Page.objects.published(), **asked(request))}


@json_view
async def page(request: HttpRequest, slug: str) -> dict:
    return await (await aget_object_or_404(Page.objects.published(), slug=slug)).to_dict(**asked(request))


@json_view
async def tags(request: HttpRequest) -> dict:
    return {"results": await Tag.to_dicts(Tag.objects.with_counts(), **asked(request))}


@json_view
async def topics(request: HttpRequest) -> dict:
    return {"results": await Topic.to_dicts(Topic.objects.with_counts(), **asked(request))}
