"""The user's devices and personal access tokens."""

from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.tokens.models import NAME_LENGTH, SCOPES
from accounts.tokens.services import NameMissing, create_personal_token, require_recent_authentication
from frodo import rate_limits
from frodo.errors import ServiceError
from frodo.form_recovery import signed_out
from frodo.site_frame import render_page

MADE = rate_limits.Rate(20, 3600)


class TokenForm(forms.Form):
    FOR = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("no time limit"))]

    name = forms.CharField(
        max_length=NAME_LENGTH,
        error_messages={"required": NameMissing.message},
        label=pgettext_lazy("of a token", "Name"),
    )
    scopes = forms.MultipleChoiceField(
        choices=list(SCOPES.items()), error_messages={"required": _("Choose what the token may be used for.")}
    )
    days = forms.ChoiceField(choices=FOR, required=False, initial="90")

    def ends(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def tokens(request: HttpRequest) -> HttpResponse:
    """Creates a token; it is shown in this response only."""
    user = await request.auser()
    if not user.is_authenticated:
        if request.method == "POST":
            return signed_out(request, reverse("account_login"))
        return redirect_to_login(request.path, reverse("account_login"))
    form, secret, problem, status = TokenForm(request.POST or None), "", "", 200
    if request.method == "POST":
        try:
            secret = await sync_to_async(made)(user, form)
            status = 201 if secret else 400
        except ServiceError as error:
            problem, status = str(error), error.status
    context = {"form": form, "secret": secret, "problem": problem}
    return await render_page(request, "accounts/token.html", context, status=status)


def made(user: User, form: TokenForm) -> str:
    """Empty if the form is invalid."""
    require_recent_authentication(user)
    if not form.is_valid():
        return ""
    if wait := rate_limits.take("personal-token", str(user.pk), MADE):
        raise rate_limits.TooFast(wait)
    _token, secret = create_personal_token(user, form.cleaned_data["name"], form.cleaned_data["scopes"], form.ends())
    return secret


@never_cache
@require_POST
async def remove_token(request: HttpRequest, pk: int) -> HttpResponse:
    user = await request.auser()
    if user.is_authenticated:
        await user.personal_tokens.filter(pk=pk).adelete()
    return HttpResponseRedirect(f"{reverse('me')}?done=saved")


@never_cache
@require_POST
async def remove_device(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """All devices without a key."""
    user = await request.auser()
    if user.is_authenticated:
        devices = user.devices.all() if pk is None else user.devices.filter(pk=pk)
        await sync_to_async(devices.revoke)()
    return HttpResponseRedirect(f"{reverse('me')}?done=saved")
