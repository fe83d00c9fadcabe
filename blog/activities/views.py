"""Pages of activities."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from blog.activities import events, querysets
from blog.activities.models import Activity
from blog.site.pagination import names_first_page, take_page
from blog.site.structured_data import activity_structured_data, picture_of
from frodo.page_cache import SURROGATE_KEY, shared
from frodo.site_frame import frame_context, render_page, site_root

Part = Callable[[Activity], Awaitable[dict]]
"""What another package adds to an activity's page: takes an activity, returns template context."""


@shared()
async def activities(request: HttpRequest, number: int = 1) -> HttpResponse:
    if names_first_page(request):
        return HttpResponsePermanentRedirect(reverse("activities"))
    n = await sync_to_async(events.latest)()  # first: what happens meanwhile is told again
    rows, page = await take_page(Activity.objects.published().newest().for_list(), number, address)
    found = await Activity.to_dicts(rows, querysets.LIST, native=True)
    return await render_page(request, "activities/list.html", {"activities": found, "page": page, "last_event": n})


def address(number: int) -> str:
    return reverse("activities") if number == 1 else reverse("activities_page", args=[number])


@shared()
async def activity(request: HttpRequest, pk: int, parts: Iterable[Part] = ()) -> HttpResponse:
    found = await Activity.objects.published().for_page().filter(pk=min(pk, 2**63 - 1)).afirst()
    if found is None:
        raise Http404
    entry, *added = await asyncio.gather(
        found.to_dict(querysets.DETAIL, native=True), *(part(found) for part in (*parts, frame_context))
    )
    # What hangs on it calls it a post, whatever it hangs on.
    context = {
        "activity": entry,
        "post": entry,
        "json_ld": activity_structured_data(entry, site_root(request)),
        "card_picture": picture_of(entry),
    }
    for names in added:
        context |= names
    response = await render_page(request, "activities/activity.html", context)
    response.headers[SURROGATE_KEY] = found.pk
    return response
