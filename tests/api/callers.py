"""A real server with the cast on it, each with a session, and rows that are made as they are needed."""

import itertools
import json
import secrets

import requests

from tests.media.sample_images import picture
from tests.server import Server

PEOPLE = {"reader": "bob", "contributor": "cid", "editor": "edith", "author": "ann"}
MAKE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.conf import settings
from django.utils import timezone
from importlib import import_module
from tests import people
keys = {}
for role, name in %r.items():
    user = getattr(people, name)()
    user.last_login = timezone.now()
    user.save()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    keys[role] = session.session_key
print(json.dumps(keys))
"""
UNLIMITED = {"API_READ_RATE": "1000000/s", "API_WRITE_RATE": "1000000/s", "UPLOAD_RATE": "1000000/s"}


class Callers:
    """`callers["author"].get("/api/posts/")`: a session of requests; anonymous is one that nobody knows."""

    def __init__(self, server: Server) -> None:
        self.server = server
        keys = json.loads(server.run(MAKE % PEOPLE).splitlines()[-1])
        self.sessions = {"anonymous": requests.Session()}
        for role, key in keys.items():
            token = secrets.token_hex(16)
            self.sessions[role] = session = requests.Session()
            session.cookies.update({"sessionid": key, "csrftoken": token})
            session.headers["X-CSRFToken"] = token
        self.numbers = itertools.count(1)

    def __getitem__(self, role: str) -> requests.Session:
        return self.sessions[role]

    def make(self, kind: str, said: dict, *, role: str = "author") -> dict:
        answer = self[role].post(f"{self.server.url}/api/{kind}/", json=said)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def remove_tokens(self) -> None:
        tokens = f"{self.server.url}/api/me/tokens/"
        for token in self["author"].get(tokens, timeout=30).json()["results"]:
            self["author"].delete(f"{tokens}{token['id']}/", timeout=30)

    def device(self) -> int:
        said = {"username": "ann", "password": "ann's password"}
        answer = requests.post(f"{self.server.url}/api/token/", json=said, timeout=30)
        assert answer.status_code == 200, answer.text
        devices = self["author"].get(f"{self.server.url}/api/me/devices/", timeout=30).json()
        return devices["results"][0]["id"]

    def fill(self, path: str) -> dict:
        """Values for the braces of a path: of things that are there now and that no other test knows."""
        name = f"Row {next(self.numbers)} {secrets.token_hex(3)}"
        kind = path.removeprefix("/api/").split("/")[0]
        if "{" not in path:
            return {}
        if path.startswith("/api/me/tokens/"):
            self.remove_tokens()  # nobody may have many
            return {"id": self.make("me/tokens", {"name": name, "scopes": ["read"]})["id"]}
        if path.startswith("/api/me/devices/"):
            return {"id": self.device()}
        if kind == "activities":
            return {"id": self.make(kind, {"text": name})["id"]}
        if kind == "uploads":
            file = ("tea.png", picture(), "image/png")
            answer = self["author"].post(f"{self.server.url}/api/uploads/", files={"file": file}, timeout=30)
            assert answer.status_code == 201, answer.text
            return {"id": answer.json()["id"]}
        if kind in {"tags", "topics"}:
            return {"slug": self.make(kind, {"name": name})["slug"]}
        if "/entries/" in path:
            slug = self.make("posts", {"title": name, "status": "published", "live": "live"})["slug"]
            return {"slug": slug, "id": self.make(f"posts/{slug}/entries", {"text": name})["id"]}
        if kind in {"posts", "pages"}:
            return {"slug": self.make(kind, {"title": name, "text": "Words.", **PUBLISHED[kind]})["slug"]}
        if kind == "comments":
            slug = self.make("posts", {"title": name, "status": "published"})["slug"]
            return {"id": self.make(f"posts/{slug}/comments", {"text": name, "name": "Bob"})["id"]}
        raise AssertionError(f"No test knows how to make what {path} is about: teach tests/api/callers.py.")


PUBLISHED = {"posts": {"status": "published"}, "pages": {"is_published": True}}
