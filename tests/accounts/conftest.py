import pytest
from django.core import mail

from tests.accounts.github import GitHub


@pytest.fixture(scope="module")
def the_github():
    with GitHub() as github:
        yield github


@pytest.fixture
def github(the_github, settings):
    """A GitHub at which Bilbo is signed in; and the Shire, which speaks OpenID Connect."""
    the_github.person = {"id": 7, "login": "bilbo", "name": "Bilbo"}
    the_github.emails = [{"email": "bilbo@shire.example", "primary": True, "verified": True}]
    the_github.claims, the_github.is_broken = {}, False
    the_github.is_silent.clear()
    settings.SIGN_IN_PROVIDERS = the_github.settings
    return the_github


@pytest.fixture
def post_office(settings):
    """Mail can be sent, and is kept here."""
    settings.EMAIL_URL, settings.CAN_SEND_MAIL = "smtp://kept.here", True
    return mail.outbox
