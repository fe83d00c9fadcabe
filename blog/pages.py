"""A room's template in the site's frame."""

from asgiref.sync import sync_to_async
from django.db.models import Exists
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.activities.models import Activity
from blog.posts.models import Page, Post


async def render_page(request: HttpRequest, template: str, context: dict, **options) -> HttpResponse:
    """`render`, with the menu, which needs a query and so cannot come from a context processor."""
    names = context if "menu" in context else {**context, **await menu()}
    return render(request, template, names, **options)


async def menu(_post: Post | None = None) -> dict:
    """A view that has other things to wait for awaits the menu together with them."""
    return await sync_to_async(menu_now)()


def menu_now() -> dict:
    """The pages in the menu, and whether there are activities to lead to: one query, where there is such a page."""
    activities = Activity.objects.published().order_by()
    pages = list(Page.objects.for_menu().annotate(has_activities=Exists(activities)))
    return {"menu": pages, "has_activities": pages[0].has_activities if pages else activities.exists()}
