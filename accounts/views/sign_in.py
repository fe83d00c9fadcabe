"""The page on which one signs in, by a password there and then, and the way out."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import guessing, providers
from accounts.forms import AddressForm, PasswordForm
from accounts.going import wished
from blog.pages import render_page


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return await take_password(request)
    if (await request.auser()).is_authenticated:
        return go_on(request)
    return await show(request)


async def take_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request, data=request.POST)
    if not await sync_to_async(let_in)(request, form):  # a password is checked by half a second of reckoning
        status = 429 if form.retry_after else 400
        response = await show(request, password=form, status=status)
        if form.retry_after:
            response["Retry-After"] = form.retry_after
        return response
    response = go_on(request)
    guessing.remember(response, form.get_user())
    return response


def let_in(request: HttpRequest, form: PasswordForm) -> bool:
    if not form.is_valid():
        return False
    login(request, form.get_user())
    return True


async def show(
    request: HttpRequest,
    *,
    password: PasswordForm | None = None,
    address: AddressForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "providers": providers.offered(),
        "can_mail": settings.CAN_SEND_MAIL,
        "password": password or PasswordForm(request),
        "address": address or AddressForm(),
        "problem": problem,
        "to": wished(request),
    }
    return await render_page(request, "accounts/sign_in.html", context, status=status)


def go_on(request: HttpRequest, to: str = "") -> HttpResponseRedirect:
    """To where the person was before, else to their own page."""
    return HttpResponseRedirect(to or wished(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


@require_POST
@never_cache
async def sign_out(request: HttpRequest) -> HttpResponse:
    await sync_to_async(logout)(request)
    return HttpResponseRedirect(wished(request) or "/")


@sensitive_post_parameters("password")
@never_cache
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Django's own page; who came in by it is known in this browser from then on."""
    response = admin.site.login(request)
    if request.method == "POST" and response.status_code == 302:
        guessing.remember(response, request.user)
    return response
