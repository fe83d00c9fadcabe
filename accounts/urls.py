from collections.abc import Callable
from types import ModuleType

from allauth.account import urls as account_urls
from allauth.account import views as account
from allauth.mfa import urls as mfa_urls
from allauth.socialaccount import urls as socialaccount_urls
from allauth.urls import build_provider_urlpatterns
from allauth.usersessions import urls as usersessions_urls
from django.http import HttpResponseBase
from django.urls import include, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from accounts import social_accounts, views
from accounts.tokens import api
from accounts.tokens import views as token_views


def moved(name: str) -> Callable[..., HttpResponseBase]:
    return RedirectView.as_view(pattern_name=name, query_string=True)


def personal(module: ModuleType) -> list[social_accounts.Pattern]:
    """allauth's pages, which no browser or proxy keeps: each may show what is one person's own."""
    return social_accounts.decorated_urls(module.urlpatterns, never_cache)


urlpatterns = [
    path("accounts/", include(personal(account_urls))),
    path("accounts/2fa/", include(personal(mfa_urls))),
    path("accounts/3rdparty/", include(personal(socialaccount_urls))),
    path("accounts/sessions/", include(personal(usersessions_urls))),
    path("accounts/with/", include(social_accounts.provider_urls(build_provider_urlpatterns()))),
    # Of two URLs with one name, links lead to the later one.
    path("accounts/sign-in/", views.SignIn.as_view(), name="account_login"),
    path("accounts/sign-out/", never_cache(account.logout), name="account_logout"),
    path("accounts/code/", moved("mfa_authenticate")),
    path("accounts/me/code/", moved("mfa_index")),
    re_path(r"^accounts/link/(?:[^/]+/)?$", moved("account_request_login_code")),
    re_path(r"^accounts/with/[^/]+/(?:back/)?$", moved("account_login")),
    path("accounts/me/", views.me, name="me"),
    path("accounts/me/ways/<int:pk>/", views.disconnect, name="disconnect"),
    path("accounts/me/tokens/", token_views.tokens, name="tokens"),
    path("accounts/me/tokens/<int:pk>/remove/", token_views.remove_token, name="remove_token"),
    path("accounts/me/devices/remove/", token_views.remove_device, name="remove_devices"),
    path("accounts/me/devices/<int:pk>/remove/", token_views.remove_device, name="remove_device"),
    path("accounts/me/export/", views.export, name="export"),
    path("accounts/me/erase/", views.erase, name="erase"),
    path("accounts/guest/export/", views.export, {"guest": True}, name="guest_export"),
    path("accounts/guest/erase/", views.erase, {"guest": True}, name="guest_erase"),
    path("accounts/erased/", views.gone, name="erased"),
    re_path(r"^avatar/(?P<key>[0-9a-f]{32})\.svg$", views.avatar, name="avatar"),
]
api_urlpatterns = [
    path("token/", api.SignIn.as_view(), name="api-token"),
    path("token/refresh/", api.Refresh.as_view(), name="api-token-refresh"),
    path("token/revoke/", api.Revoke.as_view(), name="api-token-revoke"),
    path("me/tokens/", api.PersonalTokens.as_view(), name="api-tokens"),
    path("me/tokens/<int:pk>/", api.PersonalTokenDetail.as_view(), name="api-own-token"),
    path("me/devices/", api.Devices.as_view(), name="api-devices"),
    path("me/devices/<int:pk>/", api.DeviceDetail.as_view(), name="api-device"),
]
"""Below `/api/`."""
