"""The dance of OAuth 2: to the provider with a question, back with a code, which is exchanged for an answer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from asgiref.sync import sync_to_async
from django.conf import settings

from accounts.entering import Known

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

logger = logging.getLogger(__name__)


class ProviderFailed(Exception):
    """It cannot be reached, or says what makes no sense."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one dance is known by. It never leaves the person's own browser and the provider."""

    state: str
    verifier: str
    """Proves to the provider that who brings the code is who asked for it (PKCE)."""
    nonce: str


@dataclass(frozen=True)
class Provider:
    name: str
    label: str
    client_id: str
    client_secret: str

    scope: ClassVar[str]
    auth_method: ClassVar[str] = "client_secret_basic"

    async def way_there(self, secrets: Secrets, back: str) -> str:
        """The provider's page to send the person to; it sends them to `back`."""
        raise NotImplementedError

    async def who(self, code: str, secrets: Secrets, back: str) -> Known:
        """Who has come back with this code."""
        raise NotImplementedError

    @asynccontextmanager
    async def asking(self, back: str) -> AsyncIterator["AsyncOAuth2Client"]:
        """A client to ask it with. Whatever goes wrong there is ProviderFailed."""
        client, errors = await made_client(self, back)
        try:
            async with asyncio.timeout(settings.SIGN_IN_PROVIDER_SECONDS), client:
                yield client
        except (*errors, TimeoutError, ValueError, KeyError) as error:
            logger.warning("Signing in with %s failed: %r", self.label, error)
            raise ProviderFailed from error


async def answer(client: "AsyncOAuth2Client", url: str, *, is_public: bool = False) -> dict:
    """The object at this address; asked for in the person's name, unless anybody may read it."""
    response = await client.request("GET", url, withhold_token=is_public)
    response.raise_for_status()
    found = response.json()
    if not isinstance(found, dict):
        raise ValueError(f"{url} answered {type(found).__name__}, not an object.")
    return found


async def made_client(provider: Provider, back: str) -> tuple["AsyncOAuth2Client", tuple[type[Exception], ...]]:
    make, verify, errors = await sync_to_async(loaded, thread_sensitive=False)()
    client = make(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method=provider.auth_method,
        scope=provider.scope,
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=settings.SIGN_IN_PROVIDER_SECONDS,
        verify=verify,
    )
    return client, errors


@cache
def loaded() -> tuple:
    """Loading this takes 0.2 s and 28 MB: on a thread, and only where somebody signs in so."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from joserfc.errors import JoseError

    errors = (httpx2.HTTPError, httpx2.InvalidURL, AuthlibBaseError, JoseError)
    return AsyncOAuth2Client, httpx2.create_ssl_context(), errors
