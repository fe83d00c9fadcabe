"""Programs that speak for one: devices to be signed out, tokens to be made and removed."""

from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.freshness import must_be_fresh
from accounts.models import User
from accounts.tokens import SCOPES, personal
from accounts.tokens.models import NAME_LENGTH
from blog.pages import render_page
from frodo import rates
from frodo.errors import Refused

MADE = rates.Rate(20, 3600)


class TokenForm(forms.Form):
    FOR = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("until I remove it"))]

    name = forms.CharField(
        max_length=NAME_LENGTH, error_messages={"required": personal.Unnamed.message}, label=_("Name")
    )
    scopes = forms.MultipleChoiceField(
        choices=list(SCOPES.items()), error_messages={"required": personal.ScopesMissing.message}
    )
    days = forms.ChoiceField(choices=FOR, required=False, initial="90")

    def ends(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def tokens(request: HttpRequest) -> HttpResponse:
    """A new token is shown on the page that answers, and nowhere again."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect_to_login(request.path, reverse("sign_in"))
    form, secret, problem, status = TokenForm(request.POST or None), "", "", 200
    if request.method == "POST":
        try:
            secret = await sync_to_async(made)(user, form)
            status = 201 if secret else 400
        except Refused as error:
            problem, status = str(error), error.status
    context = {"form": form, "secret": secret, "problem": problem}
    return await render_page(request, "accounts/token.html", context, status=status)


def made(user: User, form: TokenForm) -> str:
    """Empty where the form needs another look."""
    must_be_fresh(user)
    if not form.is_valid():
        return ""
    if wait := rates.take("personal-token", str(user.pk), MADE):
        raise rates.TooFast(wait)
    _token, secret = personal.make(user, form.cleaned_data["name"], form.cleaned_data["scopes"], form.ends())
    return secret


@never_cache
@require_POST
async def remove_token(request: HttpRequest, pk: int) -> HttpResponse:
    user = await request.auser()
    if user.is_authenticated:
        await sync_to_async(personal.remove)(user, pk)
    return HttpResponseRedirect(f"{reverse('me')}?done=saved")


@never_cache
@require_POST
async def remove_device(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """All of them where no one is named."""
    user = await request.auser()
    if user.is_authenticated:
        devices = user.devices.all() if pk is None else user.devices.filter(pk=pk)
        await sync_to_async(devices.revoke)()
    return HttpResponseRedirect(f"{reverse('me')}?done=saved")
