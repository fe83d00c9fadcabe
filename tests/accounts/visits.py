"""What a person does to come in."""

import re
from html import unescape
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

from django.contrib.auth import SESSION_KEY

from accounts.models import User


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def go_there(client, provider: str = "github", **said) -> str:
    """Press the button, say yes at the provider; the address with which one comes back."""
    page = client.post(f"/accounts/with/{provider}/", said)
    assert page.status_code == 200, page.content.decode()
    there = unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())[1])
    try:
        build_opener(Stay).open(there, timeout=30)
    except HTTPError as answer:
        with answer:
            return answer.headers["Location"].removeprefix("http://testserver")
    raise AssertionError("It did not send us back.")


def come_in(client, provider: str = "github", **said):
    return client.get(go_there(client, provider, **said))


def user_of(client):
    """Who is signed in in this browser."""
    return User.objects.filter(pk=client.session.get(SESSION_KEY)).first()


def link_in(message) -> str:
    return re.search(r"http://testserver(/accounts/link/\S+/)", message.body)[1]
