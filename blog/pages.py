"""A room's template in the site's frame."""

from asgiref.sync import sync_to_async
from django.db.models import Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.activities.models import Activity
from blog.posts.models import Page, Post

IN_MENU = ("is_page", "menu_order", "title", "slug")


async def render_page(request: HttpRequest, template: str, context: dict, **options) -> HttpResponse:
    """`render`, with the menu, which needs a query and so cannot come from a context processor."""
    names = context if "menu" in context else {**context, **await menu()}
    return render(request, template, names, **options)


async def menu(_post: Post | None = None) -> dict:
    """A view that has other things to wait for awaits the menu together with them."""
    return await sync_to_async(menu_now)()


def menu_now() -> dict:
    """The pages in the menu, and whether there are activities to lead to: in one query."""
    newest = Activity.objects.published().newest().values("pk")[:1]
    one = Activity.objects.filter(pk=Subquery(newest)).order_by().annotate(is_page=Value(0), menu_order=Value(0))
    pages = Page.objects.for_menu().order_by().annotate(is_page=Value(1)).values_list(*IN_MENU)
    rows = list(pages.union(one.values_list(*IN_MENU), all=True).order_by("menu_order", "title"))
    found = [Page(title=title, slug=slug) for is_page, _order, title, slug in rows if is_page]
    return {"menu": found, "has_activities": len(found) < len(rows)}
