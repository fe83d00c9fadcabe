from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.http import HttpRequest


class MastodonAdapter(OAuth2Adapter):
    """https://docs.joinmastodon.org/methods/oauth/, .../methods/accounts/#verify_credentials"""

    provider_id = "mastodon"

    @property
    def authorize_url(self) -> str:
        return f"{settings.MASTODON_URL}/oauth/authorize"

    @property
    def access_token_url(self) -> str:
        return f"{settings.MASTODON_URL}/oauth/token"

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        headers = {"Authorization": f"Bearer {token.token}"}
        with get_adapter().get_requests_session() as session:
            response = session.get(f"{settings.MASTODON_URL}/api/v1/accounts/verify_credentials", headers=headers)
            response.raise_for_status()
            return self.get_provider().sociallogin_from_response(request, response.json())


class MastodonProvider(OAuth2Provider):
    id = "mastodon"
    name = "Mastodon"
    account_class = ProviderAccount
    oauth2_adapter_class = MastodonAdapter

    def get_default_scope(self) -> list[str]:
        return ["read:accounts"]

    def extract_uid(self, data: dict) -> str:
        """Another server has other numbers."""
        return f"{data['id']}@{urlsplit(settings.MASTODON_URL).netloc}"

    def extract_common_fields(self, data: dict) -> dict:
        return {"username": data["username"], "name": data.get("display_name")}


provider_classes = [MastodonProvider]
