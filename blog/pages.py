"""A room's template in the site's frame."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.posts.models import Page


async def render_page(request: HttpRequest, template: str, context: dict, **options) -> HttpResponse:
    """`render`, with the menu, which needs a query and so cannot come from a context processor."""
    menu = await Page.to_dicts(Page.objects.for_menu(), ("title", "url"))
    return render(request, template, {"menu": menu, **context}, **options)
