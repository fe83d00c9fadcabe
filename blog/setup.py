"""The set-up page of a new blog: its name and language, its author, and whether the demo posts stay.

`make run` creates the author with a password and prints both, with a link to this page. The link holds until the author
has signed in or the password has changed, and for a week.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from blog.importers.demo import remove_demo
from frodo import display_names
from frodo.site_settings import is_from_environment, site
from frodo.site_settings.models import SiteSettings, time_zones

SALT = "frodo.setup"
MAX_AGE = 7 * 24 * 3600
TIME_ZONES = {"zh-hans": "Asia/Shanghai"}
"""The likely one, by the language of the browser."""


def setup_path(author: User) -> str:
    # The hash of the password makes the link void once there is another.
    return reverse("setup", args=[signing.dumps([author.pk, author.password[-16:]], salt=SALT)])


def author_of(token: str) -> User | None:
    try:
        pk, password = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    author = User.objects.filter(pk=pk, last_login=None).first()
    return author if author and author.password[-16:] == password else None


class SetupForm(forms.Form):
    site_name = forms.CharField(label=_("Site name"), max_length=100)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    name = forms.CharField(label=_("Your name"), max_length=100, help_text=_("Shown under your posts."))
    username = forms.CharField(label=_("Username"), max_length=150, help_text=_("Used to sign in."))
    email = forms.EmailField(label=_("E-mail address"), required=False)
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    keep_demo = forms.BooleanField(label=_("Keep the demo posts"), required=False)

    def __init__(self, author: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.author = author
        self.fields["password"].help_text = password_validators_help_texts()[1]
        for field, setting in {"site_name": "SITE_NAME", "language": "LANGUAGE_CODE", "time_zone": "TIME_ZONE"}.items():
            if is_from_environment(setting):
                self.fields[field].disabled = True
                self.initial[field] = getattr(site, setting)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for field in ("site_name", "name"):
            if data.get(field) and not display_names.can_be_seen(data[field]):
                self.add_error(field, self.fields[field].error_messages["required"])
        self.author.username = User.normalize_username(data.get("username", ""))
        self.author.display_name = display_names.clean(data.get("name", ""))
        self.author.email = data.get("email", "")
        try:
            self.author.full_clean(exclude=["password"])
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.add_error({"display_name": "name"}.get(field, field if field in self.fields else None), messages)
        if password := data.get("password"):
            try:
                validate_password(password, self.author)
            except ValidationError as error:
                self.add_error("password", error)
        return data


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    author = author_of(token)
    if author is None:
        raise Http404
    language = get_language() or site.LANGUAGE_CODE
    initial = {
        "site_name": site.SITE_NAME,
        "language": language,
        "time_zone": TIME_ZONES.get(language, site.TIME_ZONE),
        "username": author.username,
        "keep_demo": True,
    }
    form = SetupForm(author, request.POST or None, initial=initial)
    if form.is_valid():
        save(form.cleaned_data, author)
        login(request, author, backend=settings.AUTHENTICATION_BACKENDS[0])
        return HttpResponseRedirect(reverse("admin:index"))
    response = render(request, "admin/setup.html", {"form": form, "title": _("Set up your blog")})
    response["Referrer-Policy"] = "same-origin"
    return response


@transaction.atomic
def save(data: dict[str, Any], author: User) -> None:
    author.set_password(data["password"])
    author.save()
    row = SiteSettings.current()
    row.name, row.language, row.time_zone = data["site_name"], data["language"], data["time_zone"]
    row.save()
    if not data["keep_demo"]:
        remove_demo()
