import pytest
from django.core import mail

from tests.accounts.github import GitHub


@pytest.fixture(scope="module")
def the_github():
    with GitHub() as github:
        yield github


@pytest.fixture
def github(the_github, settings, monkeypatch):
    """Where Bilbo is signed in: GitHub and others; the Shire speaks OpenID Connect."""
    the_github.person = {"id": 7, "login": "bilbo", "name": "Bilbo"}
    the_github.emails = [{"email": "bilbo@shire.example", "primary": True, "verified": True}]
    the_github.claims, the_github.info, the_github.is_broken = {}, {}, False
    the_github.is_silent.clear()
    for name, value in the_github.settings.items():
        setattr(settings, name, value)
    for adapter, urls in the_github.urls.items():
        for name, url in urls.items():
            monkeypatch.setattr(adapter, name, url)
    return the_github


@pytest.fixture
def post_office(settings):
    """Mail can be sent, and is kept here."""
    settings.EMAIL_URL, settings.SITE_URL = "smtp://kept.here", "http://testserver"
    return mail.outbox
