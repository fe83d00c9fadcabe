from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.pages import menu_now


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 404 page, in the site's frame. Sync, because Django calls error handlers so."""
    return render(request, "404.html", menu_now(), status=404)
