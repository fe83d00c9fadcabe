from dataclasses import dataclass

from accounts.entering import Known
from accounts.mailboxes import normal
from accounts.providers.base import Provider, Secrets, answer


@dataclass(frozen=True)
class GitHub(Provider):
    """github.com, or an Enterprise Server at `url`."""

    url: str = "https://github.com"

    scope = "read:user user:email"
    auth_method = "client_secret_post"

    @property
    def api(self) -> str:
        return "https://api.github.com" if self.url == "https://github.com" else f"{self.url}/api/v3"

    async def way_there(self, secrets: Secrets, back: str) -> str:
        async with self.asking(back) as client:
            url, _state = client.create_authorization_url(
                f"{self.url}/login/oauth/authorize", state=secrets.state, code_verifier=secrets.verifier
            )
        return url

    async def who(self, code: str, secrets: Secrets, back: str) -> Known:
        async with self.asking(back) as client:
            await client.fetch_token(f"{self.url}/login/oauth/access_token", code=code, code_verifier=secrets.verifier)
            user = await answer(client, f"{self.api}/user")
            emails = await client.get(f"{self.api}/user/emails")
            return Known(
                self.name,
                str(int(str(user["id"]))),
                label=str(user["login"]),
                names=(user.get("name") or "", str(user["login"])),
                email=proven(emails.json()) if emails.is_success else "",
            )


def proven(emails: list[dict]) -> str:
    """The primary address, if GitHub has seen it proven. An address made up by GitHub receives nothing."""
    for email in emails:
        if email["primary"] and email["verified"] is True:
            found = normal(str(email["email"]))
            return "" if found.endswith("@users.noreply.github.com") else found
    return ""
