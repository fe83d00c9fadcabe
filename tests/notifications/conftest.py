import io
import re

import pytest
from django.core.management import call_command

from frodo.mail import settings_of
from tests.factories import make_post
from tests.notifications.smtp import mail_server, text_of


@pytest.fixture
def post(db):
    return make_post(title="A walk")


@pytest.fixture
def inbox(settings):
    """The mail server, with a site that sends to it."""
    with mail_server() as server:
        settings.SITE_URL = "http://testserver"
        settings.EMAIL_URL = server.url
        for name, value in settings_of(server.url).items():
            setattr(settings, name, value)
        settings.EMAIL_TIMEOUT = 20
        settings.DEFAULT_FROM_EMAIL = "blog@example.net"
        yield server


@pytest.fixture
def quiet(ann):
    """Ann wants no mail about her own posts, so that only readers' letters are seen."""
    ann.mail_comments = ann.mail_pending = False
    ann.save()
    return ann


@pytest.fixture
def send(inbox, django_capture_on_commit_callbacks):
    def send() -> str:
        """Run the jobs that are due."""
        output = io.StringIO()
        call_command("run_jobs", "send_email", stdout=output)
        return output.getvalue()

    return send


@pytest.fixture
def browser(client, post):
    """A guest's own browser: `browser()("Lovely.", notify=True, email=...)` posts a comment with it."""
    from django.test import Client

    def new(name="Bob", email="", **headers):
        own = Client(headers=headers)

        def say(text="Lovely.", *, parent=None, status=201, **fields):
            data = {"text": text, "name": name, "email": email, "parent": parent, **fields}
            answer = own.post(f"/api/posts/{post.slug}/comments/", data, "application/json")
            assert answer.status_code == status, answer.content.decode()
            return answer.json()

        say.client = own
        return say

    return new


@pytest.fixture
def bob_asks(browser, inbox, send, quiet, client):
    """Bob, a guest, has commented, asked for mail, and clicked the link in the letter that asks him."""
    bob = browser("Bob", "bob@example.org")
    bob.said = bob("Lovely.", notify=True)
    send()
    click(client, link(inbox.messages[-1], "confirm"))
    inbox.messages.clear()
    return bob


def link(message, name: str) -> str:
    """The path of a link in a letter."""
    return re.search(rf"http://testserver(/notifications/{name}/\S+)", text_of(message))[1]


def click(client, path: str, **fields) -> str:
    answer = client.post(path, fields)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()
