from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.permissions import SAFE_METHODS

from blog.posts.models import Redirect
from blog.posts.redirects import usage
from frodo.errors import body
from frodo.orm_threads import on_orm_thread
from frodo.site_frame import load_frame_context


@on_orm_thread
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Follow a redirect, or show the 404 page; for the API, its JSON error.

    Called for every URL at which a view found nothing. Sync, because Django calls error handlers so.
    """
    if redirect := redirect_of(request):
        return redirect
    if request.path_info.startswith("/api/"):
        return nothing_there()
    if request.method == "GET":
        usage.count_not_found(request.path_info, request.headers.get("referer", ""))
    return render(request, "404.html", load_frame_context(), status=404)


def redirect_of(request: HttpRequest) -> HttpResponse | None:
    if request.method not in SAFE_METHODS or not (found := Redirect.objects.match(request.path_info)):
        return None
    redirect, url = found
    usage.count_redirect(redirect.pk)
    return HttpResponsePermanentRedirect(url)


@sync_and_async_middleware
def follow_redirects(get_response: Callable) -> Callable:
    """With DEBUG, Django shows its own page instead of calling `not_found`; follow redirects all the same."""

    def redirected(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return redirect_of(request) or response

    async def async_middleware(request: HttpRequest) -> HttpResponse:
        response = await get_response(request)
        return await sync_to_async(redirected)(request, response) if response.status_code == 404 else response

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        return redirected(request, response) if response.status_code == 404 else response

    return async_middleware if iscoroutinefunction(get_response) else middleware


@csrf_exempt  # nothing is done here, and programs are told what is wrong
async def no_endpoint(request: HttpRequest, path: str) -> HttpResponse:
    """An unknown URL of the API: add the missing slash, follow a redirect, or answer with a JSON error."""
    if request.method not in SAFE_METHODS:
        return nothing_there()
    if not path.endswith("/") and resolve(f"{request.path_info}/").func is not no_endpoint:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))
    raise Http404


def nothing_there() -> HttpResponse:
    return JsonResponse(body("not_found", _("There is nothing at this URL.")), status=404)
