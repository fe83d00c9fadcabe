"""A GitHub on 127.0.0.1, which also speaks OpenID Connect under /oidc: somebody signed in there says yes to all.

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

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = {"client_id": "frodo", "client_secret": "a secret of GitHub's & ours"}


class GitHub:
    """`with GitHub() as github:`; `person` is who sits at the browser, `emails` what is known of their mailboxes."""

    def __init__(self) -> None:
        self.person = {"id": 7, "login": "bilbo", "name": "Bilbo"}
        self.emails = [{"email": "bilbo@shire.example", "primary": True, "verified": True}]
        self.claims: dict = {}
        """What the ID token says otherwise than it should."""
        self.is_broken = False
        self.is_silent = threading.Event()
        """While set, nothing is answered, and those who wait are counted."""
        self.n_asked = 0
        self.counting = threading.Lock()
        self.closing = threading.Event()
        self.codes: dict[str, dict] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
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
        """For SIGN_IN_PROVIDERS."""
        return {
            "github": {"kind": "github", "label": "GitHub", "url": self.url, **CLIENT},
            "shire": {"kind": "oidc", "label": "The Shire", "issuer": f"{self.url}/oidc", **CLIENT},
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

    def allow(self, asked: dict) -> str:
        """The code with which the person goes back."""
        assert asked["client_id"] == CLIENT["client_id"]
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code

    def exchange(self, said: dict, is_github: bool) -> dict:
        asked = self.codes.pop(said.get("code"), None)
        proof = urlsafe_b64encode(sha256(said.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        client = {key: said.get(key) for key in CLIENT}
        if asked is None or client != CLIENT:
            return {"error": "bad_verification_code"}
        if proof != asked["code_challenge"] or said["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}
        token = {"access_token": "token-of-the-person", "token_type": "bearer", "scope": asked["scope"]}
        return token if is_github else {**token, "id_token": self.id_token(asked)}

    def id_token(self, asked: dict) -> str:
        now = int(time.time())
        claims = {
            "iss": f"{self.url}/oidc",
            "sub": str(self.person["id"]),
            "aud": CLIENT["client_id"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "name": self.person["name"],
            "preferred_username": self.person["login"],
            "email": self.emails[0]["email"],
            "email_verified": self.emails[0]["verified"],
            **self.claims,
        }
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


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
        if address.path in {"/login/oauth/authorize", "/oidc/authorize"}:
            back = {"code": github.allow(asked), "state": asked["state"]}
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
        elif address.path == "/login/oauth/access_token":
            self.say(github.exchange(said, is_github=True))
        elif address.path == "/oidc/token":
            self.say(github.exchange(self.basic() | said, is_github=False))
        elif address.path == "/oidc/.well-known/openid-configuration":
            self.say(self.about(f"{github.url}/oidc"))
        elif address.path == "/oidc/keys":
            self.say({"keys": [github.key.as_dict(private=False)]})
        elif self.headers["Authorization"] != "Bearer token-of-the-person":
            self.say({"message": "Bad credentials"}, 401)
        elif address.path == "/api/v3/user":
            self.say(github.person)
        elif address.path == "/api/v3/user/emails":
            self.say(github.emails)
        else:
            self.say({"message": "Not Found"}, 404)

    def about(self, issuer: str) -> dict:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
        }

    def basic(self) -> dict:
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
