from django.urls import path, re_path

from accounts.tokens import api
from accounts.views import avatar, door, link, me, provider, second_step, sign_in, tokens

urlpatterns = [
    path("accounts/sign-in/", sign_in.sign_in, name="sign_in"),
    path("accounts/sign-out/", sign_in.sign_out, name="sign_out"),
    path("accounts/code/", door.code, name="code"),
    path("accounts/link/", link.ask, name="ask_link"),
    path("accounts/link/<str:secret>/", link.use, name="use_link"),
    path("accounts/with/<slug:name>/", provider.begin, name="provider"),
    path("accounts/with/<slug:name>/back/", provider.back, name="provider_back"),
    path("accounts/me/", me.me, name="me"),
    path("accounts/me/ways/<int:pk>/", me.disconnect, name="disconnect"),
    path("accounts/me/code/", second_step.second_step, name="second_step"),
    path("accounts/me/tokens/", tokens.tokens, name="tokens"),
    path("accounts/me/tokens/<int:pk>/remove/", tokens.remove_token, name="remove_token"),
    path("accounts/me/devices/remove/", tokens.remove_device, name="remove_devices"),
    path("accounts/me/devices/<int:pk>/remove/", tokens.remove_device, name="remove_device"),
    path("accounts/me/export/", me.export, name="export"),
    path("accounts/me/erase/", me.erase, name="erase"),
    path("accounts/guest/export/", me.export, {"guest": True}, name="guest_export"),
    path("accounts/guest/erase/", me.erase, {"guest": True}, name="guest_erase"),
    path("accounts/erased/", me.gone, name="erased"),
    path("api/token/", api.SignIn.as_view(), name="api-token"),
    path("api/token/refresh/", api.Refresh.as_view(), name="api-token-refresh"),
    path("api/token/revoke/", api.Revoke.as_view(), name="api-token-revoke"),
    path("api/me/tokens/", api.PersonalTokens.as_view(), name="api-tokens"),
    path("api/me/tokens/<int:pk>/", api.OnePersonalToken.as_view(), name="api-own-token"),
    path("api/me/devices/", api.Devices.as_view(), name="api-devices"),
    path("api/me/devices/<int:pk>/", api.OneDevice.as_view(), name="api-device"),
    path("admin/login/", sign_in.admin_sign_in),
    re_path(r"^avatar/(?P<key>[0-9a-f]{32})\.svg$", avatar.avatar, name="avatar"),
]
