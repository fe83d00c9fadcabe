"""Pages that letters lead to, and one's own choice of letters.

What a signed link says is done without a cookie or a token, by a POST only: mail scanners open every link.
"""

from collections.abc import Callable
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from blog.letters import links, own, wishes
from blog.letters.links import Wish
from blog.pages import render_page
from frodo.api import number

ANY = ["GET", "HEAD", "POST"]


@csrf_exempt  # the signed address is the leave
@never_cache
@require_http_methods(ANY)
async def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Also the one-click POST of RFC 8058, which mail programs make for their reader."""
    wish = await sync_to_async(links.read)("letters-stop", token)
    if wish is None:
        return await show(request, status=404)
    deed = ""
    if request.method == "POST":
        deed = request.POST.get("deed", "")
        deed = deed if deed in DEEDS else "stop"
        await sync_to_async(DEEDS[deed])(wish)
    return await show(request, wish=wish, done=deed, here=request.path)


def stop_one(wish: Wish) -> None:
    if wish.author:
        wishes.leave_desk(wish.author)
    elif wish.post:
        wishes.mute(wish.mailbox, wish.post)
    else:
        wishes.close(wish.mailbox)


def stop_all(wish: Wish) -> None:
    wishes.close(wish.mailbox)


def again(wish: Wish) -> None:
    wishes.reopen(wish.mailbox)
    if wish.author:
        wishes.leave_desk(wish.author, wants=True)
    elif wish.post:
        wishes.unmute(wish.mailbox, wish.post)


DEEDS: dict[str, Callable[[Wish], None]] = {"stop": stop_one, "all": stop_all, "again": again}


@csrf_exempt
@never_cache
@require_http_methods(ANY)
async def confirm(request: HttpRequest, token: str) -> HttpResponse:
    age = timedelta(days=settings.COMMENT_FORGET_DAYS)
    wish = await sync_to_async(links.read)("letters-confirm", token, age.total_seconds())
    if wish is None:
        return await show(request, status=404)
    if request.method == "POST":
        await sync_to_async(wishes.confirm)(wish.mailbox, wish.person)
        return await show(request, wish=wish, done="confirm")
    return await show(request, wish=wish, asks=True, here=request.path)


async def show(request: HttpRequest, *, status: int = 200, **context) -> HttpResponse:
    response = await render_page(request, "letters/page.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(ANY)
async def mine(request: HttpRequest) -> HttpResponse:
    """Who is signed in chooses here which letters they get."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
    if request.method == "POST":
        again = [pk for pk in map(number, request.POST.getlist("again")) if pk]
        language = request.POST.get("language", "")
        await sync_to_async(own.choose)(user, wants=set(request.POST), language=language, again=again)
        return redirect(f"{request.path}?saved")
    context = {"choices": await sync_to_async(own.choices)(user), "saved": "saved" in request.GET}
    return await render_page(request, "letters/mine.html", context)
