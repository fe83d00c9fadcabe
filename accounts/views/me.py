"""One's own page: what readers see of one, the ways in, and one's data, to take along or to erase."""

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import belongings, entering, providers
from accounts.belongings import Person
from accounts.forms import AboutMeForm, EraseForm
from accounts.models import User
from blog.discussion import visitors
from blog.pages import render_page
from frodo import rates
from frodo.errors import Refused

CHANGES = rates.Rate(30, 3600)
"""Of one's name and website: each makes pages anew."""
EXPORTS = rates.Rate(20, 3600)


async def person_of(request: HttpRequest, *, guest: bool = False) -> Person:
    user = await request.auser()
    if user.is_authenticated and not guest:
        return Person(user=user)
    return Person(visitor=visitors.read(request).id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def me(request: HttpRequest) -> HttpResponse:
    person = await person_of(request)
    if person.user is None:
        return await guest(request) if person.visitor else redirect_to_login(request.path, reverse("sign_in"))
    form = AboutMeForm(user=person.user, initial={"name": person.user.name, "website": person.user.website})
    status = 200
    if request.method == "POST":
        form = AboutMeForm(request.POST, user=person.user)
        if await sync_to_async(saved)(form):
            return HttpResponseRedirect(f"{request.path}?done=saved")
        status = 400
    return await show(request, person, form, status=status)


def saved(form: AboutMeForm) -> bool:
    if not form.is_valid():
        return False
    if rates.take("about-me", str(form.user.pk), CHANGES):
        form.add_error(None, _("That is a lot at once. Try again later."))
        return False
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
        "visitor": visitors.read(request),
        **await sync_to_async(around)(person),
    }
    return await render_page(request, "accounts/me.html", context, status=status)


def around(person: Person) -> dict:
    ways = list(person.user.identities.all())
    taken = {way.provider for way in ways}
    return {
        "ways": ways,
        "more_ways": [provider for provider in providers.offered() if provider.name not in taken],
        "panels": belongings.panels(person),
    }


async def guest(request: HttpRequest) -> HttpResponse:
    visitor = visitors.read(request)
    panels = await sync_to_async(belongings.panels)(Person(visitor=visitor.id))
    return await render_page(request, "accounts/guest.html", {"visitor": visitor, "panels": panels})


@never_cache
@require_POST
async def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    person = await person_of(request)
    if person.user is None:
        return redirect_to_login(reverse("me"), reverse("sign_in"))
    try:
        await sync_to_async(entering.disconnect)(person.user, pk)
    except Refused as error:
        form = AboutMeForm(user=person.user, initial={"name": person.user.name, "website": person.user.website})
        return await show(request, person, form, problem=str(error), status=error.status)
    return HttpResponseRedirect(f"{reverse('me')}?done=saved")


@never_cache
@require_safe
async def export(request: HttpRequest, *, guest: bool = False) -> HttpResponse:
    person = await person_of(request, guest=guest)
    if person == Person():
        return redirect_to_login(reverse("me"), reverse("sign_in"))
    if wait := await sync_to_async(rates.take)("export", person.who, EXPORTS):
        return HttpResponse(_("That is a lot at once. Try again later."), status=429, headers={"Retry-After": wait})
    data = await sync_to_async(belongings.export)(person)
    response = JsonResponse(
        {"site": settings.SITE_NAME, "made_at": timezone.now(), **data},
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
        return redirect_to_login(reverse("me"), reverse("sign_in"))
    form, problem, status = EraseForm(request.POST or None), "", 200
    if request.method == "POST":
        try:
            if await sync_to_async(erased)(request, person, form):
                response = HttpResponseRedirect(reverse("erased"))
                if person.user is None:
                    response.delete_cookie(visitors.COOKIE, samesite="Lax")
                return response
            status = 400
        except Refused as error:
            problem, status = str(error), error.status
    context = {
        "person": person,
        "asks_password": person.user is not None and person.user.has_usable_password(),
        "reasons": await sync_to_async(belongings.reasons)(person),
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
    belongings.erase(person, keep_words=form.cleaned_data["words"] == "keep")
    if user is not None:
        logout(request)
    return True


def knows_password(request: HttpRequest, user: User) -> bool:
    said = request.POST.get("password", "")
    return authenticate(request, username=user.get_username(), password=said) is not None


@never_cache
@require_safe
async def gone(request: HttpRequest) -> HttpResponse:
    return await render_page(request, "accounts/erased.html", {})
