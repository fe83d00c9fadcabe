from dataclasses import dataclass

from accounts.entering import Known
from accounts.mailboxes import normal
from accounts.providers.base import Provider, Secrets, answer

SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""By a key of the provider's. Never `none`, nor a secret that others hold, too."""


@dataclass(frozen=True)
class OpenID(Provider):
    """Whoever tells about itself at `<issuer>/.well-known/openid-configuration`."""

    issuer: str = ""

    scope = "openid profile email"

    async def way_there(self, secrets: Secrets, back: str) -> str:
        async with self.asking(back) as client:
            about = await self.about(client)
            url, _state = client.create_authorization_url(
                about["authorization_endpoint"],
                state=secrets.state,
                code_verifier=secrets.verifier,
                nonce=secrets.nonce,
            )
        return url

    async def who(self, code: str, secrets: Secrets, back: str) -> Known:
        async with self.asking(back) as client:
            about = await self.about(client)
            if "client_secret_basic" not in about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
                client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 - a method's name
            token = await client.fetch_token(about["token_endpoint"], code=code, code_verifier=secrets.verifier)
            keys = await answer(client, about["jwks_uri"], is_public=True)
            claims = self.read(token, keys, about["issuer"], secrets.nonce)
            if "userinfo_endpoint" in about:
                more = await answer(client, about["userinfo_endpoint"])
                if more.get("sub") == claims["sub"]:
                    claims = {**more, **claims}
            return self.known(claims)

    async def about(self, client) -> dict:
        about = await answer(client, f"{self.issuer}/.well-known/openid-configuration", is_public=True)
        if str(about["issuer"]).rstrip("/") != self.issuer:
            raise ValueError(f"It calls itself {about['issuer']!r}.")
        return about

    def read(self, token: dict, keys: dict, issuer: str, nonce: str) -> dict:
        """The ID token's claims, once it is certain that they are the provider's, for us, and of this dance."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.jwk import KeySet

        decoded = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=SIGNED_WITH)
        wanted = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": self.client_id}}
        of_this_dance = {"nonce": nonce, "client_id": self.client_id, "access_token": token["access_token"]}
        claims = CodeIDToken(decoded.claims, decoded.header, wanted, of_this_dance)
        claims.validate(leeway=60)
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise ValueError("It does not say who this is.")
        return dict(claims)

    def known(self, claims: dict) -> Known:
        email = str(claims.get("email") or "")
        names = [str(claims.get(key) or "") for key in ("name", "preferred_username", "nickname")]
        return Known(
            self.name,
            claims["sub"],
            label=(names[1] or email or names[0])[:255],
            names=tuple(names),
            email=normal(email) if email and claims.get("email_verified") is True else "",
        )
