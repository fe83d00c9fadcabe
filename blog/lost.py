from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.permissions import SAFE_METHODS

from blog.pages import menu_now
from blog.posts.models import OldAddress
from frodo.errors import body


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page, in the site's frame; to programs the API's own. Sync, because Django calls error handlers so."""
    if request.path_info.startswith("/api/"):
        return nothing_there()
    return render(request, "404.html", menu_now(), status=404)


@csrf_exempt  # nothing is done here, and programs are told what is wrong
async def no_endpoint(request: HttpRequest, path: str) -> HttpResponse:
    """Nothing of the API: a missing slash, where a post stood on another blog, or an error in the API's own shape."""
    if request.method not in SAFE_METHODS:
        return nothing_there()
    if not path.endswith("/") and resolve(f"{request.path_info}/").func is not no_endpoint:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))
    found = await OldAddress.objects.leading_from(f"api/{path}")
    return redirect(found, permanent=True) if found else nothing_there()


def nothing_there() -> HttpResponse:
    return JsonResponse(body("not_found", _("There is nothing at this address.")), status=404)
