from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from blog.pages import menu_now
from frodo.errors import body


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page, in the site's frame; to programs the API's own. Sync, because Django calls error handlers so."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(body("not_found", _("There is nothing at this address.")), status=404)
    return render(request, "404.html", menu_now(), status=404)
