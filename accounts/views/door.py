"""The last step of every door: in at once, or on to the page that asks for the code of a second step."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import guessing
from accounts.going import own_path, wished
from accounts.models import User
from accounts.second_step.codes import check, step_of
from accounts.tokens.models import session_of
from blog.pages import render_page
from frodo.errors import Refused

COOKIE = "second-step"
PATH = "/accounts/code/"
TEN_MINUTES = 600


def come_in(request: HttpRequest, user: User, to: str = "", *, by_password: bool = False) -> HttpResponse:
    """Sync. For who has proven to be this user; `by_password` lets the browser be known from then on."""
    if step_of(user) is not None:
        return ask_code(user, to or wished(request), by_password=by_password)
    login(request, user)
    response = go_on(request, to)
    if by_password:
        guessing.remember(response, user)
    return response


def go_on(request: HttpRequest, to: str = "") -> HttpResponseRedirect:
    """To where the person was before, else to their own page."""
    return HttpResponseRedirect(to or wished(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


def ask_code(user: User, to: str, *, by_password: bool) -> HttpResponse:
    """Nobody is signed in yet. Who it would be lies in a signed cookie meanwhile, and ends with the password."""
    waiting = {"user": user.pk, "session": session_of(user), "next": to, "by_password": by_password}
    response = HttpResponseRedirect(reverse("code"))
    response.set_cookie(
        COOKIE,
        signing.dumps(waiting, salt=COOKIE),
        max_age=TEN_MINUTES,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def code(request: HttpRequest) -> HttpResponse:
    waiting = waiting_in(request)
    if waiting is None:
        return await begin_again(request)
    if request.method != "POST":
        return await show(request)
    try:
        response = await sync_to_async(take_code)(request, waiting)
    except Refused as error:
        response = await show(request, problem=str(error), status=error.status if error.retry_after else 400)
        if error.retry_after:
            response["Retry-After"] = error.retry_after
        return response
    return response or await begin_again(request)


def take_code(request: HttpRequest, waiting: dict) -> HttpResponse | None:
    """None where it would be nobody any more."""
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    if user is None or session_of(user) != waiting["session"]:
        return None
    browser = guessing.known_browser(request, guessing.account_of(user.get_username()))
    check(user, request.POST.get("code", ""), browser)
    login(request, user)
    response = go_on(request, own_path(waiting["next"]))
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    if waiting["by_password"]:
        guessing.remember(response, user)
    return response


def waiting_in(request: HttpRequest) -> dict | None:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=TEN_MINUTES)
    except signing.BadSignature:
        return None


async def show(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    return await render_page(request, "accounts/code.html", {"problem": problem}, status=status)


async def begin_again(request: HttpRequest) -> HttpResponse:
    problem = _("This way in took too long, or was begun in another browser. Please begin again.")
    return await render_page(request, "accounts/refused.html", {"problem": problem}, status=400)
