"""A room's template in the site's frame."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.posts.models import Page, Post


async def render_page(request: HttpRequest, template: str, context: dict, **options) -> HttpResponse:
    """`render`, with the menu, which needs a query and so cannot come from a context processor."""
    names = context if "menu" in context else {**context, **await menu()}
    return render(request, template, names, **options)


async def menu(_post: Post | None = None) -> dict:
    """A view that has other things to wait for awaits the menu together with them."""
    return {"menu": await Page.to_dicts(Page.objects.for_menu(), ("title", "url"))}
