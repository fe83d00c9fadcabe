"""The page on which one signs in, by a password there and then, and the way out."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import guessing, providers
from accounts.forms import AddressForm, CodeNeeded, PasswordForm
from accounts.going import wished
from accounts.views.door import ask_code, come_in, go_on
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
    response = await sync_to_async(let_in)(request, form)  # to check a password takes its time
    if response is None:
        response = await show(request, password=form, status=429 if form.retry_after else 400)
        if form.retry_after:
            response["Retry-After"] = form.retry_after
    return response


def let_in(request: HttpRequest, form: PasswordForm) -> HttpResponse | None:
    return come_in(request, form.get_user(), by_password=True) if form.is_valid() else None


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


@require_POST
@never_cache
async def sign_out(request: HttpRequest) -> HttpResponse:
    await sync_to_async(logout)(request)
    return HttpResponseRedirect(wished(request) or "/")


@sensitive_post_parameters("password")
@never_cache
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Django's own page; who came in by it is known in this browser from then on."""
    try:
        response = admin.site.login(request)
    except CodeNeeded as needed:
        return ask_code(needed.user, wished(request) or reverse("admin:index"), by_password=True)
    if request.method == "POST" and response.status_code == 302:
        guessing.remember(response, request.user)
    return response
