"""Account pages: profile, sign-in methods, personal data."""

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import avatars, guests, login_throttling, personal_data, social_accounts
from accounts.forms import AboutMeForm, EraseForm
from accounts.models import User
from accounts.personal_data import Person
from frodo import rate_limits
from frodo.errors import ServiceError
from frodo.form_recovery import signed_out
from frodo.site_frame import load_frame_context, render_page
from frodo.site_settings import site

CHANGES = rate_limits.Rate(30, 3600)
"""Changes of name and website: each purges pages."""
EXPORTS = rate_limits.Rate(20, 3600)


async def person_of(request: HttpRequest, *, guest: bool = False) -> Person:
    user = await request.auser()
    if user.is_authenticated and not guest:
        return Person(user=user)
    return Person(visitor=guests.read(request).id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def me(request: HttpRequest) -> HttpResponse:
    person = await person_of(request)
    if person.user is None:
        if request.method == "POST":
            return signed_out(request, reverse("account_login"))
        return await guest(request) if person.visitor else redirect_to_login(request.path, reverse("account_login"))
    form = AboutMeForm(user=person.user, initial={"name": person.user.name, "website": person.user.website})
    status = 200
    if request.method == "POST":
        form = AboutMeForm(request.POST, user=person.user)
        try:
            if await sync_to_async(saved)(form):
                return HttpResponseRedirect(f"{request.path}?done=saved")
            status = 400
        except rate_limits.TooFast as error:
            form.add_error(None, str(error))
            response = await show(request, person, form, status=error.status)
            response.headers["Retry-After"] = str(error.retry_after)
            return response
    return await show(request, person, form, status=status)


def saved(form: AboutMeForm) -> bool:
    if not form.is_valid():
        return False
    if wait := rate_limits.take("about-me", str(form.user.pk), CHANGES):
        raise rate_limits.TooFast(wait)
    form.user.display_name, form.user.website = form.cleaned_data["name"], form.cleaned_data["website"]
    form.user.save(update_fields=["display_name", "website"])
    return True


async def show(
    request: HttpRequest, person: Person, form: AboutMeForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "account": person.user,
        "form": form,
        "problem": problem,
        "done": request.GET.get("done") == "saved",
        "visitor": guests.read(request),
        **await sync_to_async(around)(person),
    }
    return await render_page(request, "accounts/me.html", context, status=status)


def around(person: Person) -> dict:
    accounts = list(SocialAccount.objects.filter(user=person.user).order_by("pk"))
    labels = settings.SIGN_IN_PROVIDERS
    taken = {account.provider for account in accounts}
    return {
        "has_second_factor": is_mfa_enabled(person.user),
        "ways": [
            {"pk": account.pk, "provider": labels.get(account.provider, account.provider), **account.extra_data}
            for account in accounts
        ],
        "more_ways": [(label, social_accounts.login_url(name)) for name, label in labels.items() if name not in taken],
        "panels": personal_data.panels(person),
    }


async def guest(request: HttpRequest) -> HttpResponse:
    visitor = guests.read(request)
    panels = await sync_to_async(personal_data.panels)(Person(visitor=visitor.id))
    return await render_page(request, "accounts/guest.html", {"visitor": visitor, "panels": panels})


@never_cache
@require_POST
async def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    person = await person_of(request)
    if person.user is None:
        return redirect_to_login(reverse("me"), reverse("account_login"))
    try:
        await sync_to_async(social_accounts.disconnect)(person.user, pk)
    except ServiceError as error:
        form = AboutMeForm(user=person.user, initial={"name": person.user.name, "website": person.user.website})
        return await show(request, person, form, problem=str(error), status=error.status)
    return HttpResponseRedirect(f"{reverse('me')}?done=saved")


@never_cache
@require_safe
async def export(request: HttpRequest, *, guest: bool = False) -> HttpResponse:
    person = await person_of(request, guest=guest)
    if person == Person():
        return redirect_to_login(reverse("me"), reverse("account_login"))
    if wait := await sync_to_async(rate_limits.take)("export", person.who, EXPORTS):
        return HttpResponse(str(rate_limits.TooFast(wait)), status=429, headers={"Retry-After": wait})
    data = await sync_to_async(personal_data.export)(person)
    response = JsonResponse(
        {"site": site.SITE_NAME, "made_at": timezone.now(), **data},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate():%Y-%m-%d}.json"'
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def erase(request: HttpRequest, *, guest: bool = False) -> HttpResponse:
    person = await person_of(request, guest=guest)
    if person == Person():
        return redirect_to_login(reverse("me"), reverse("account_login"))
    form, problem, status = EraseForm(request.POST or None), "", 200
    if request.method == "POST":
        try:
            if await sync_to_async(erased)(request, person, form):
                response = HttpResponseRedirect(reverse("erased"))
                if person.user is None:
                    response.delete_cookie(guests.cookie_name(), samesite="Lax")
                return response
            status = 400
        except ServiceError as error:
            problem, status = str(error), error.status
    context = {
        "person": person,
        "asks_password": person.user is not None and person.user.has_usable_password(),
        "reasons": await sync_to_async(personal_data.reasons)(person),
        "form": form,
        "word": EraseForm.understood,
        "problem": problem,
    }
    return await render_page(request, "accounts/erase.html", context, status=status)


def erased(request: HttpRequest, person: Person, form: EraseForm) -> bool:
    if not form.is_valid():
        return False
    user = person.user
    if user is not None and user.has_usable_password() and not knows_password(request, user):
        form.add_error(None, _("This is not your password."))
        return False
    personal_data.erase(person, keep_words=form.cleaned_data["words"] == "keep")
    if user is not None:
        logout(request)
    return True


def knows_password(request: HttpRequest, user: User) -> bool:
    data = request.POST.get("password", "")
    return authenticate(request, username=user.get_username(), password=data) is not None


@never_cache
@require_safe
async def gone(request: HttpRequest) -> HttpResponse:
    return await render_page(request, "accounts/erased.html", {})


class SignIn(LoginView):
    """allauth's view with HTTP status 400 or 429 for a rejected password."""

    def get_context_data(self, **kwargs: Any) -> dict:
        return {**super().get_context_data(**kwargs), **load_frame_context()}

    def form_invalid(self, form: Form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 400
        for error in form.non_field_errors().as_data():
            if error.code == login_throttling.TooManyAttempts.code:
                response.status_code, response["Retry-After"] = 429, (error.params or {})["retry_after"]
        return response


FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
}


@require_safe
async def avatar(request: HttpRequest, key: str) -> HttpResponse:
    """The avatar of a key, with the key as ETag."""
    etag = f'"{key}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag, **FOR_EVER})
    return HttpResponse(avatars.draw(key), content_type="image/svg+xml", headers={"ETag": etag, **FOR_EVER})
