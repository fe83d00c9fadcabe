"""Views of every kind Django knows, to be answered alike by its handler and ours."""

import asyncio
from io import BytesIO

from asgiref.sync import async_to_sync, sync_to_async
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import FileResponse, Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path
from django.utils import translation

from blog.models import Tag
from frodo.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


async def quiet(request):
    return HttpResponse("quiet", headers={"X-Language": translation.get_language()})


def sync(request):
    return HttpResponse(f"sync, {request.GET.get('q', '')}, {translation.get_language()}")


async def count(request):
    return JsonResponse({"n": await Tag.objects.acount()})


def to_and_fro(request):
    async def inner():
        return await Tag.objects.acount()

    return JsonResponse({"n": async_to_sync(inner)()})


def raising(error):
    async def view(request):
        raise error

    return view


def raising_sync(error):
    def view(request):
        raise error

    return view


async def nothing(request):
    return None


async def session(request):
    n = await request.session.aget("n", 0)
    await request.session.aset("n", n + 1)
    return HttpResponse(str(n))


def session_sync(request):
    request.session["n"] = request.session.get("n", 0) + 1
    return HttpResponse(str(request.session["n"]))


async def session_read(request):
    return HttpResponse(str(await request.session.aget("n")))


async def session_ended(request):
    await request.session.aflush()
    return HttpResponse("ended")


async def user(request):
    return HttpResponse(str((await request.auser()).is_authenticated))


def user_sync(request):
    return HttpResponse(str(request.user.is_authenticated))


def message(request):
    messages.info(request, "noted")
    return HttpResponse("noted")


async def cookies(request):
    response = HttpResponse("biscuit")
    response.set_cookie("tea", "green", max_age=60, httponly=True, samesite="Lax")
    response.set_cookie("cup", "blue")
    return response


async def token(request):
    return HttpResponse(str(len(get_token(request))))


async def form(request):
    return HttpResponse(f"{request.POST.get('tea')}, {len(request.FILES)}")


async def stream(request):
    async def parts():
        for part in ("one", "two", "three"):
            yield part
            await asyncio.sleep(0)

    return StreamingHttpResponse(parts())


def stream_sync(request):
    return StreamingHttpResponse(str(tag) for tag in Tag.objects.order_by("pk"))


async def file(request):
    return await sync_to_async(FileResponse)(BytesIO(b"x" * 200_000), as_attachment=True, filename="茶.txt")


async def large(request):
    return HttpResponse("茶" * 100_000)


def template(request):
    return TemplateResponse(request, engines["django"].from_string("{{ n }} {{ request.path }}"), {"n": 3})


def template_fails(request):
    return TemplateResponse(request, engines["django"].from_string("{{ n.fails }}"), {"n": Failing()})


class Failing:
    @property
    def fails(self):
        raise ZeroDivisionError


async def user_exists(request):
    return HttpResponse(str(await get_user_model().objects.filter(username="ann").aexists()))


urlpatterns = [
    path("quiet/", quiet),
    path("sync/", sync),
    path("count/", count),
    path("to-and-fro/", to_and_fro),
    path("missing/", raising(Http404("no such page"))),
    path("missing-sync/", raising_sync(Http404("no such page"))),
    path("fails/", raising(ZeroDivisionError("by design"))),
    path("fails-sync/", raising_sync(ZeroDivisionError("by design"))),
    path("forbidden/", raising(PermissionDenied())),
    path("suspicious/", raising(SuspiciousOperation("odd"))),
    path("bad/", raising_sync(BadRequest("odd"))),
    path("nothing/", nothing),
    path("session/", session),
    path("session-sync/", session_sync),
    path("session-read/", session_read),
    path("session-ended/", session_ended),
    path("user/", user),
    path("user-sync/", user_sync),
    path("message/", message),
    path("cookies/", cookies),
    path("token/", token),
    path("form/", form),
    path("stream/", stream),
    path("stream-sync/", stream_sync),
    path("file/", file),
    path("large/", large),
    path("template/", template),
    path("template-fails/", template_fails),
    path("", include("frodo.urls")),
]
