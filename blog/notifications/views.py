"""Pages behind the links in e-mails, and the preferences page.

A signed link acts by POST only, without cookie or CSRF token: mail scanners open every link.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from blog.notifications import preferences, signed_links, subscriptions
from blog.notifications.signed_links import LinkTarget
from frodo.api import number
from frodo.site_frame import render_page

ANY = ["GET", "HEAD", "POST"]


@csrf_exempt  # the signed address is the leave
@never_cache
@require_http_methods(ANY)
async def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Also the one-click POST of RFC 8058."""
    wish = await sync_to_async(signed_links.read)("notifications-stop", token)
    if wish is None:
        return await show(request, status=404)
    action = ""
    if request.method == "POST":
        action = request.POST.get("intent", "")
        action = action if action in ACTIONS else "stop"
        await sync_to_async(ACTIONS[action])(wish)
    return await show(request, wish=wish, done=action, here=request.path)


def stop_one(wish: LinkTarget) -> None:
    if wish.author:
        subscriptions.set_author_emails(wish.author)
    elif wish.post:
        subscriptions.mute(wish.subscriber, wish.post)
    else:
        subscriptions.close(wish.subscriber)


def stop_all(wish: LinkTarget) -> None:
    subscriptions.close(wish.subscriber)


def again(wish: LinkTarget) -> None:
    subscriptions.reopen(wish.subscriber)
    if wish.author:
        subscriptions.set_author_emails(wish.author, wants=True)
    elif wish.post:
        subscriptions.unmute(wish.subscriber, wish.post)


ACTIONS: dict[str, Callable[[LinkTarget], None]] = {"stop": stop_one, "all": stop_all, "again": again}


@csrf_exempt
@never_cache
@require_http_methods(ANY)
async def confirm(request: HttpRequest, token: str) -> HttpResponse:
    age = timedelta(days=settings.COMMENT_IP_RETENTION_DAYS)
    wish = await sync_to_async(signed_links.read)("notifications-confirm", token, age)
    if wish is None:
        return await show(request, status=404)
    if request.method == "POST":
        await sync_to_async(subscriptions.confirm)(wish.subscriber, wish.person)
        return await show(request, wish=wish, done="confirm")
    return await show(request, wish=wish, asks=True, here=request.path)


async def show(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    response = await render_page(request, "notifications/page.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(ANY)
async def mine(request: HttpRequest) -> HttpResponse:
    """E-mail preferences of a signed-in user."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
    if request.method == "POST":
        again = [pk for pk in map(number, request.POST.getlist("again")) if pk]
        language = request.POST.get("language", "")
        await sync_to_async(preferences.choose)(user, wants=set(request.POST), language=language, again=again)
        return redirect(f"{request.path}?saved")
    context = {"choices": await sync_to_async(preferences.choices)(user), "saved": "saved" in request.GET}
    return await render_page(request, "notifications/subscriptions.html", context)
