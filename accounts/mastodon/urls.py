from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.urls import path

from accounts.mastodon.provider import MastodonAdapter

urlpatterns = [
    path("mastodon/login/", OAuth2LoginView.adapter_view(MastodonAdapter), name="mastodon_login"),
    path("mastodon/login/callback/", OAuth2CallbackView.adapter_view(MastodonAdapter), name="mastodon_callback"),
]
