"""Turning the second step at sign-in on and off, by oneself."""

import segno
from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts import guessing
from accounts.freshness import must_be_fresh
from accounts.models import SecondStep, User
from accounts.second_step import codes
from accounts.views.me import knows_password
from blog.pages import render_page
from frodo.errors import Refused

SALT = "accounts.views.second_step"
AN_HOUR = 3600


class PasswordWrong(Refused):
    message = gettext_lazy("This is not your password.")


@sensitive_post_parameters("code", "password", "secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def second_step(request: HttpRequest) -> HttpResponse:
    user = await request.auser()
    if not user.is_authenticated:
        return redirect_to_login(request.path, reverse("sign_in"))
    problem, status, shown = "", 200, []
    if request.method == "POST":
        try:
            shown = await sync_to_async(done)(request, user)
            if not shown:
                return HttpResponseRedirect(f"{reverse('me')}?done=saved")
        except Refused as error:
            problem, status = str(error), error.status if error.status != codes.CodeWrong.status else 400
    step = await SecondStep.objects.filter(user=user).afirst()
    if step is None and not user.is_guarded:
        raise Http404
    context = {"step": step, "recovery_codes": shown, "problem": problem, "account": user}
    if step is None:
        context |= drawn(user, secret_in(request, user) or codes.new_secret())
    else:
        context["n_left"] = await step.recovery_codes.acount()
        context["asks_password"] = user.has_usable_password()
    return await render_page(request, "accounts/second_step.html", context, status=status)


@sensitive_variables()
def done(request: HttpRequest, user: User) -> list[str]:
    """Recovery codes to be shown, where there are new ones."""
    said, deed = request.POST.get("code", ""), request.POST.get("deed")
    if deed == "on" and user.is_guarded:
        must_be_fresh(user)
        guessing.slow_down_codes(user, browser_of(request, user))
        return codes.turn_on(user, secret_in(request, user), said)
    if deed == "renew" and codes.step_of(user):
        codes.check(user, said, browser_of(request, user))
        return codes.renew_recovery_codes(user)
    if deed == "off":
        if said or not (user.has_usable_password() and request.POST.get("password")):
            codes.check(user, said, browser_of(request, user))
        elif not knows_password(request, user):
            raise PasswordWrong
        codes.turn_off(user)
    return []


def browser_of(request: HttpRequest, user: User) -> str:
    return guessing.known_browser(request, guessing.account_of(user.get_username()))


def drawn(user: User, secret: str) -> dict:
    """The secret is nowhere but on this page until a code has proven that an app knows it."""
    return {
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        "signed": signing.dumps([user.pk, secret], salt=SALT),
        "picture": qr(codes.address_of(secret, user)),
    }


def secret_in(request: HttpRequest, user: User) -> str:
    """Of the page that was sent; empty when it is not of this user, or lay too long."""
    try:
        pk, secret = signing.loads(request.POST.get("secret", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature:
        return ""
    return secret if pk == user.pk else ""


def qr(text: str) -> SafeString:
    """An SVG without a style of its own."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(border=3, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff")
    return mark_safe(svg)  # noqa: S308 - segno draws paths, it copies no text
