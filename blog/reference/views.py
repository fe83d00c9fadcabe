"""The page that shows the API: for people, made of the same schema that programs read."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from blog.context import site_root
from blog.pages import render_page
from frodo.page_cache import shared


@shared()
async def reference(request: HttpRequest) -> HttpResponse:
    from frodo.api.schema import shown  # what makes it is needed by nobody else

    language = get_language()
    rooms = await sync_to_async(shown.rooms)(language, site_root(request))
    names = {"rooms": rooms, "kinds": list(shown.kinds(language))}
    return await render_page(request, "reference/reference.html", names)
