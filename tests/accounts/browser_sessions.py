"""What a person does to come in."""

import json
import re
from email.message import Message
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from django.contrib.auth import SESSION_KEY

from accounts.models import User


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def go_there(client, provider: str = "github", **said) -> str:
    """Press the button, say yes at the provider; the address with which one comes back."""
    page = client.post(login_url(provider), said)
    assert page.status_code == 200, page.content.decode()
    there = unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())[1])
    try:
        build_opener(Stay).open(there, timeout=30)
    except HTTPError as answer:
        with answer:
            return answer.headers["Location"].removeprefix("http://testserver")
    raise AssertionError("It did not send us back.")


def login_url(provider: str) -> str:
    return f"/accounts/with/{'oidc/' if provider == 'shire' else ''}{provider}/login/"


def come_in(client, provider: str = "github", **said):
    return client.get(go_there(client, provider, **said))


def user_of(client):
    """Who is signed in in this browser."""
    return User.objects.filter(pk=client.session.get(SESSION_KEY)).first()


def code_in(message) -> str:
    return re.search(r"^[A-Z]{4}-[A-Z]{4}$", message.body, re.MULTILINE)[0]


def ask_code(client, email: str, **said):
    return client.post("/accounts/login/code/", {"email": email, **said})


def enter_code(client, code: str, **said):
    return client.post("/accounts/login/code/confirm/", {"code": code, **said})


def sign_in(client, username: str = "ann", next: str = "", **options):
    said = {"login": username, "password": f"{username}'s password", "next": next}
    return client.post("/accounts/sign-in/", said, **options)


class Browser:
    """Visits a real server: keeps cookies, follows no redirect, and presses buttons with the token of their page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self.opener = build_opener(Stay, HTTPCookieProcessor(self.cookies))
        self.token = ""

    def get(self, address: str) -> tuple[int, str, Message]:
        return self.ask(address if address.startswith("http") else self.url + address)

    def post(self, address: str, **said) -> tuple[int, str, Message]:
        return self.ask(self.url + address, urlencode({"csrfmiddlewaretoken": self.token, **said}).encode())

    def ask(self, address: str, body: bytes | None = None) -> tuple[int, str, Message]:
        try:
            answer = self.opener.open(Request(address, body), timeout=60)
        except HTTPError as error:
            answer = error
        with answer:
            page = answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        self.token = token[1] if token else self.token
        return answer.status, page, answer.headers

    def to_github_and_back(self) -> str:
        self.get("/accounts/sign-in/")
        _status, page, _headers = self.post("/accounts/with/github/login/")
        there = unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)[1])
        return self.get(there)[2]["Location"]

    @property
    def user(self) -> dict | None:
        """Who is signed in."""
        return json.loads(self.get("/api/me/")[1])["user"]
