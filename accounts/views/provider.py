"""To a provider and back (accounts.providers). What belongs to one dance lies in a signed cookie meanwhile."""

import secrets as random
from dataclasses import asdict

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import providers
from accounts.entering import Known, connect, enter
from accounts.freshness import SignedInLongAgo, must_be_fresh
from accounts.going import own_path, wished
from accounts.providers.base import Provider, Secrets
from accounts.views.door import come_in, go_on
from blog.context import site_root
from blog.pages import render_page
from frodo.errors import Refused

COOKIE = "way-"
PATH = "/accounts/with/"
TEN_MINUTES = 600


class SomebodyElse(Refused):
    code = "somebody_else"
    message = gettext_lazy("Somebody else has signed in meanwhile.")
    status = 403


@never_cache
@require_POST
async def begin(request: HttpRequest, name: str) -> HttpResponse:
    """A page that leads there by itself: a form may not, by our Content-Security-Policy."""
    provider = provider_named(name)
    user = await request.auser()
    try:
        if user.is_authenticated:
            must_be_fresh(user)
    except SignedInLongAgo as error:
        return await refuse(request, provider, str(error), status=error.status)
    secrets = Secrets(random.token_urlsafe(32), random.token_urlsafe(32), random.token_urlsafe(32))
    try:
        there = await provider.way_there(secrets, address_back(request, provider))
    except providers.ProviderFailed:
        return await failed(request, provider)
    dance = {"provider": name, "next": wished(request), "user": user.pk, **asdict(secrets)}
    response = await render_page(request, "accounts/going.html", {"provider": provider, "there": there})
    response.set_cookie(
        cookie_of(secrets.state),
        signing.dumps(dance, salt=COOKIE),
        max_age=TEN_MINUTES,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@never_cache
@require_safe
async def back(request: HttpRequest, name: str) -> HttpResponse:
    provider = provider_named(name)
    dance = dance_of(request, name)
    if dance is None:
        problem = _("This way in took too long, or was begun in another browser. Please begin again.")
        response = await refuse(request, provider, problem, status=400)
    elif request.GET.get("error") == "access_denied":
        response = await refuse(request, provider, declined(provider), status=403)
    elif "code" not in request.GET:
        response = await failed(request, provider)
    else:
        response = await finish(request, provider, dance)
    response.delete_cookie(cookie_of(request.GET.get("state", "")), path=PATH, samesite="Lax")
    return response


async def finish(request: HttpRequest, provider: Provider, dance: dict) -> HttpResponse:
    secrets = Secrets(dance["state"], dance["verifier"], dance["nonce"])
    try:
        known = await provider.who(request.GET["code"], secrets, address_back(request, provider))
    except providers.ProviderFailed:
        return await failed(request, provider)
    try:
        return await sync_to_async(let_in)(request, known, dance)
    except Refused as error:
        return await refuse(request, provider, str(error), status=error.status)


def let_in(request: HttpRequest, known: Known, dance: dict) -> HttpResponse:
    """In; or, for who was in when the dance began, one more way into that account."""
    if dance["user"] is not None:
        if request.user.pk != dance["user"]:
            raise SomebodyElse
        connect(request.user, known)
        return go_on(request, resolve_url("me"))
    return come_in(request, enter(known), own_path(dance["next"]))


def provider_named(name: str) -> Provider:
    provider = providers.named(name)
    if provider is None:
        raise Http404
    return provider


def address_back(request: HttpRequest, provider: Provider) -> str:
    return site_root(request) + reverse("provider_back", args=[provider.name])


def cookie_of(state: str) -> str:
    """One for each dance, so that two windows do not step on each other's feet."""
    return COOKIE + "".join(c for c in state[:12] if c.isalnum() and c.isascii())


def dance_of(request: HttpRequest, name: str) -> dict | None:
    state = request.GET.get("state", "")
    try:
        dance = signing.loads(request.COOKIES.get(cookie_of(state), ""), salt=COOKIE, max_age=TEN_MINUTES)
    except signing.BadSignature:
        return None
    is_this = random.compare_digest(dance["state"].encode(), state.encode()) and dance["provider"] == name
    return dance if is_this else None


async def failed(request: HttpRequest, provider: Provider) -> HttpResponse:
    problem = _("%(provider)s cannot be asked just now, or gave an answer that makes no sense. Try again in a moment.")
    return await refuse(request, provider, problem % {"provider": provider.label}, status=502)


def declined(provider: Provider) -> str:
    return _("You have not let %(provider)s tell us who you are.") % {"provider": provider.label}


async def refuse(request: HttpRequest, provider: Provider, problem: str, *, status: int) -> HttpResponse:
    context = {"problem": problem, "provider": provider}
    return await render_page(request, "accounts/refused.html", context, status=status)
