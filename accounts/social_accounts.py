"""Sign-in with social accounts: what differs from django-allauth's defaults.

An account is found by the provider's user ID. An e-mail address counts only if the ID is unknown, the provider verified
it, and the account is not staff.
"""

import logging
import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import requests
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email, perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import reader_names
from accounts.models import User
from frodo import mail
from frodo.conflict_retry import is_conflict
from frodo.errors import ServiceError
from frodo.text import StrOrPromise, clean_text

logger = logging.getLogger(__name__)

Pattern = URLPattern | URLResolver


class LastSignInMethod(ServiceError):
    code = "last_way"
    message = gettext_lazy("This is your only way to sign in. Add another one first.")
    status = 409


class SocialAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict) -> User:
        """Store of the provider's response only a label."""
        answer = sociallogin.account.extra_data
        check_claims(answer)
        if sociallogin.account.uid == "None":
            raise OAuth2Error("The provider does not say who this is.")
        addresses = [one for one in sociallogin.email_addresses if one.verified and receives_mail(one.email)]
        sociallogin.email_addresses = sorted(addresses, key=lambda one: not one.primary)[:1]
        names = [str(data.get("name") or answer.get("name") or ""), str(data.get("username") or "")]
        user = sociallogin.user
        user.email = addresses[0].email if addresses else ""
        user.display_name = reader_names.free_name(*names)
        label = clean_text(names[1] or user.email or names[0])[:255]
        sociallogin.account.extra_data = {"label": label}
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Form | None = None) -> User:
        sociallogin.email_addresses = getattr(sociallogin, "verified", sociallogin.email_addresses)
        try:
            with transaction.atomic():
                return super().save_user(request, sociallogin, form)
        except IntegrityError:
            self.enter_existing(request, sociallogin)
            raise

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        # No account has these addresses; the same person may sign up in two browsers at once, and must not be told by
        # e-mail that the account exists. `save_user` finds out.
        sociallogin.verified, sociallogin.email_addresses = sociallogin.email_addresses, []
        return True

    def enter_existing(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Handles a concurrent sign-up of the same person."""
        new = sociallogin.account
        account = SocialAccount.objects.filter(provider=new.provider, uid=new.uid).select_related("user").first()
        if account is not None:
            to = sociallogin.get_redirect_url(request)
            raise ImmediateHttpResponse(perform_login(request, account.user, redirect_url=to))

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        for address in sociallogin.email_addresses:
            if any(user.needs_recent_authentication for user in filter_users_by_email(address.email)):
                problem = _(
                    "This e-mail address belongs to an author of this site. "
                    "Sign in with your password first, then add this sign-in method on your account page."
                )
                raise ImmediateHttpResponse(refuse(self.request, problem, 403))
        return super().authenticate_by_email(sociallogin)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return "/accounts/me/"

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        problem: StrOrPromise
        if error == AuthError.CANCELLED:
            problem, status = _("You did not allow %(provider)s to share your identity."), 403
        elif exception is None and not (extra_context or {}).get("state"):
            problem, status = _("This took too long or was started in another browser. Start again."), 400
        else:
            logger.warning("Signing in with %s failed: %r", provider.name, exception or request.GET.get("error"))
            problem, status = FAILED, 502
        raise ImmediateHttpResponse(refuse(request, problem % {"provider": provider.name}, status))

    def get_requests_session(self) -> requests.Session:
        """Limits all requests of a session to SIGN_IN_PROVIDER_SECONDS."""
        session = super().get_requests_session()
        request, end = session.request, time.monotonic() + settings.SIGN_IN_PROVIDER_SECONDS

        def bounded(*args: Any, **kwargs: Any) -> requests.Response:
            return request(*args, **{**kwargs, "timeout": max(0.01, end - time.monotonic())})

        session.request = bounded
        return session


FAILED = gettext_lazy("%(provider)s is not available or sent an invalid response. Try again in a moment.")


FOREIGN = (OAuth2Error, IntegrityError, ImproperlyConfigured)
"""allauth's errors: error response, concurrent sign-up, ID too long."""


def login_url(name: str) -> str:
    """The sign-in URL of a provider."""
    try:
        return reverse(f"{name}_login")
    except NoReverseMatch:
        return reverse("openid_connect_login", args=[name])


def check_claims(data: dict) -> None:
    """Checks subject claims of ID token and UserInfo (OpenID Connect Core 1.0, 2 and 5.3.2)."""
    token, info = data.get("id_token"), data.get("userinfo")
    if token is not None and not (isinstance(token.get("sub"), str) and token["sub"]):
        raise OAuth2Error("The ID token names nobody.")
    if token is not None and info is not None and info.get("sub") != token["sub"]:
        raise OAuth2Error("The UserInfo response is of somebody else.")


def receives_mail(email: str) -> bool:
    """GitHub's no-reply addresses receive no mail."""
    return not email.endswith("@users.noreply.github.com")


def refuse(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    return get_account_adapter(request).refuse(problem, status)


def provider_urls(patterns: Iterable[Pattern]) -> list[Pattern]:
    """allauth's provider URLs, with `provider_view` around each view."""
    return decorated_urls(patterns, provider_view)


def decorated_urls(patterns: Iterable[Pattern], decorator: Callable) -> list[Pattern]:
    return [
        URLResolver(one.pattern, decorated_urls(one.url_patterns, decorator))
        if isinstance(one, URLResolver)
        else URLPattern(one.pattern, decorator(one.callback), one.default_args, one.name)
        for one in patterns
    ]


def provider_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Reports invalid provider responses as errors, and redirects by a page.

    Our Content-Security-Policy has `form-action 'self'`, so a form cannot redirect to another site.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        except (AttributeError, KeyError, TypeError, ValueError, OSError, OperationalError, *FOREIGN) as error:
            if isinstance(error, OperationalError) and not is_conflict(error):
                raise
            logger.warning("Signing in at %s failed: %r", request.path, error, exc_info=True)
            return refuse(request, FAILED % {"provider": _("The provider")}, 502)
        if request.method == "POST" and isinstance(response, HttpResponseRedirect) and "://" in response.url:
            return render(request, "accounts/redirect.html", {"there": response.url})
        return response

    return answer


@transaction.atomic
def disconnect(user: User, pk: int) -> None:
    User.objects.select_for_update().get(pk=user.pk)  # two at once must not take the last two
    by_email = mail.can_be_sent() and EmailAddress.objects.filter(user=user, verified=True).exists()
    accounts = SocialAccount.objects.filter(user=user)
    others = accounts.filter(provider__in=settings.SIGN_IN_PROVIDERS).exclude(pk=pk)
    if not user.has_usable_password() and not by_email and not others.exists():
        raise LastSignInMethod
    accounts.filter(pk=pk).delete()
