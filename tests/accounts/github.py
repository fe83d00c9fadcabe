"""GitHub, Google, Weixin, Weibo, Mastodon and OpenID Connect on 127.0.0.1: who is signed in there says yes to all.

It checks what the real ones check: the client and its secret, the address back, that a code is used once, and the
proof (PKCE) that who brings it is who asked.
"""

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.weibo.views import WeiboOAuth2Adapter
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from cryptography.hazmat.primitives.asymmetric import rsa

WITHOUT_PKCE = {"weixin", "weibo"}
LABELS = {
    "github": "GitHub",
    "google": "Google",
    "weixin": "WeChat",
    "weibo": "Weibo",
    "mastodon": "Mastodon",
    "shire": "The Shire",
}
CLIENT = {"client_id": "frodo", "client_secret": "a secret of GitHub's & ours"}


class GitHub:
    """`with GitHub() as github:`; `person` is who sits at the browser, `emails` what is known of their mailboxes."""

    def __init__(self) -> None:
        self.person = {"id": 7, "login": "bilbo", "name": "Bilbo"}
        self.emails = [{"email": "bilbo@shire.example", "primary": True, "verified": True}]
        self.claims: dict = {}
        """What the ID token says otherwise than it should; and the UserInfo response."""
        self.info: dict = {}
        self.is_broken = False
        self.is_silent = threading.Event()
        """While set, nothing is answered, and those who wait are counted."""
        self.n_asked = 0
        self.counting = threading.Lock()
        self.closing = threading.Event()
        self.codes: dict[str, dict] = {}
        self.key = rsa.generate_private_key(65537, 2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answer", (Answer,), {"github": self}))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "GitHub":
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def settings(self) -> dict:
        """Of Django, with all providers."""
        app = {"client_id": CLIENT["client_id"], "secret": CLIENT["client_secret"]}
        shire = {**app, "provider_id": "shire", "name": "The Shire", "settings": {"server_url": f"{self.url}/oidc"}}
        names = ("github", "google", "weixin", "weibo", "mastodon")
        return {
            "SIGN_IN_PROVIDERS": {name: LABELS[name] for name in (*names, "shire")},
            "SOCIALACCOUNT_PROVIDERS": {
                **{name: {"APPS": [app], "OAUTH_PKCE_ENABLED": name not in WITHOUT_PKCE} for name in names},
                "openid_connect": {"APPS": [shire], "OAUTH_PKCE_ENABLED": True},
            },
            "MASTODON_URL": self.url,
        }

    @property
    def urls(self) -> dict:
        """Of the adapters of django-allauth whose URLs are no settings."""
        return {
            GitHubOAuth2Adapter: {
                "authorize_url": f"{self.url}/login/oauth/authorize",
                "access_token_url": f"{self.url}/login/oauth/access_token",
                "profile_url": f"{self.url}/api/v3/user",
                "emails_url": f"{self.url}/api/v3/user/emails",
            },
            GoogleOAuth2Adapter: {
                "authorize_url": f"{self.url}/oidc/authorize",
                "access_token_url": f"{self.url}/google/token",
            },
            WeixinOAuth2Adapter: {
                "authorize_url": f"{self.url}/weixin/authorize",
                "access_token_url": f"{self.url}/weixin/token",
                "profile_url": f"{self.url}/weixin/userinfo",
            },
            WeiboOAuth2Adapter: {
                "authorize_url": f"{self.url}/weibo/authorize",
                "access_token_url": f"{self.url}/weibo/token",
                "profile_url": f"{self.url}/weibo/user",
            },
        }

    @property
    def environment(self) -> dict:
        return {
            "GITHUB_CLIENT_ID": CLIENT["client_id"],
            "GITHUB_CLIENT_SECRET": CLIENT["client_secret"],
            "GITHUB_URL": self.url,
        }

    @property
    def oidc_environment(self) -> dict:
        return {
            "OIDC_PROVIDERS": "shire",
            "OIDC_SHIRE_ISSUER": f"{self.url}/oidc",
            "OIDC_SHIRE_LABEL": "The Shire",
            "OIDC_SHIRE_CLIENT_ID": CLIENT["client_id"],
            "OIDC_SHIRE_CLIENT_SECRET": CLIENT["client_secret"],
        }

    def allow(self, asked: dict, path: str) -> str:
        """The code with which the person goes back."""
        assert asked.get("client_id", asked.get("appid")) == CLIENT["client_id"]
        assert path.split("/")[1] in WITHOUT_PKCE or asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code

    def exchange(self, said: dict, provider: str) -> dict:
        asked = self.codes.pop(said.get("code"), None)
        proof = urlsafe_b64encode(sha256(said.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        client = {key: said.get(key) for key in CLIENT}
        if provider == "weixin":
            client = {"client_id": said.get("appid"), "client_secret": said.get("secret")}
        if asked is None or client != CLIENT:
            return {"error": "bad_verification_code"}
        if "code_challenge" in asked and (
            proof != asked["code_challenge"] or said["redirect_uri"] != asked["redirect_uri"]
        ):
            return {"error": "invalid_grant"}
        token = {"access_token": "token-of-the-person", "token_type": "bearer", "scope": asked.get("scope", "")}
        if provider == "weixin":
            return {**token, "openid": f"o{self.person['id']}"}
        if provider == "weibo":
            return {**token, "uid": str(self.person["id"])}
        if provider in {"oidc", "google"}:
            issuer = "https://accounts.google.com" if provider == "google" else f"{self.url}/oidc"
            return {**token, "id_token": self.id_token(issuer)}
        return token

    @property
    def info_claims(self) -> dict:
        return {
            "sub": str(self.person["id"]),
            "name": self.person["name"],
            "preferred_username": self.person["login"],
            "email": self.emails[0]["email"],
            "email_verified": self.emails[0]["verified"],
        }

    def id_token(self, issuer: str) -> str:
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": CLIENT["client_id"],
            "iat": now,
            "exp": now + 300,
            **self.info_claims,
            **self.claims,
        }
        return jwt.encode(claims, self.key, "RS256", headers={"kid": "one"})


class Answer(BaseHTTPRequestHandler):
    github: GitHub

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer({name: values[0] for name, values in parse_qs(body).items()})

    def answer(self, said: dict) -> None:
        github, address = self.github, urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path.endswith("/authorize"):
            back = {"code": github.allow(asked, address.path), "state": asked["state"]}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
            self.end_headers()
            return
        if github.is_silent.is_set():
            with github.counting:
                github.n_asked += 1
        while github.is_silent.is_set() and not github.closing.is_set():
            github.closing.wait(0.02)
        if github.is_broken:
            self.say({"message": "Unicorn!"}, 500)
        elif address.path.endswith(("/access_token", "/token")):
            self.say(github.exchange(self.basic() | said, address.path.split("/")[1]))
        elif address.path == "/oidc/.well-known/openid-configuration":
            self.say(self.about(f"{github.url}/oidc"))
        elif address.path == "/weixin/userinfo":
            self.say({"openid": asked["openid"], "nickname": github.person["name"]})
        elif address.path == "/weibo/user":
            person = github.person
            self.say({"idstr": asked["uid"], "screen_name": person["login"], "name": person["name"]})
        elif not (self.headers["Authorization"] or "").endswith(" token-of-the-person"):
            self.say({"message": "Bad credentials"}, 401)
        elif address.path == "/oidc/userinfo":
            self.say({**github.info_claims, **github.info})
        elif address.path == "/api/v3/user":
            self.say(github.person)
        elif address.path == "/api/v3/user/emails":
            self.say(github.emails)
        elif address.path == "/api/v1/accounts/verify_credentials":
            person = github.person
            self.say({"id": str(person["id"]), "username": person["login"], "display_name": person["name"]})
        else:
            self.say({"message": "Not Found"}, 404)

    def about(self, issuer: str) -> dict:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def basic(self) -> dict:
        if not (self.headers["Authorization"] or "").startswith("Basic "):
            return {}
        name, _colon, secret = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")
        return {"client_id": unquote(name), "client_secret": unquote(secret)}

    def say(self, what: dict | list, status: int = 200) -> None:
        body = json.dumps(what).encode()
        with suppress(ConnectionError):  # whoever asked waits no longer
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *arguments) -> None:
        """Not among the tests' output."""
