"""A passkey of the browser's virtual authenticator: added, used instead of the password, and removed."""

import pytest
from playwright.sync_api import expect

from tests.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """At localhost: a passkey belongs to a name, never to an IP address."""
    with Server(tmp_path_factory.mktemp("passkeys"), DEBUG="true") as server:
        server.run("from tests.people import *; ann()")
        server.url = server.url.replace("127.0.0.1", "localhost")
        yield server


def test_a_passkey_signs_in_without_a_password(window, server):
    complaints = []
    page = window()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    page.goto(f"{server.url}/accounts/sign-in/")
    page.locator("[name=login]").fill("ann")
    page.locator("[name=password]").fill("ann's password")
    page.locator("details .form-buttons button").click()
    page.wait_for_url("**/accounts/me/")

    page.goto(f"{server.url}/accounts/2fa/webauthn/add/")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.goto(f"{server.url}/accounts/me/")
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(f"{server.url}/")

    page.goto(f"{server.url}/accounts/sign-in/?next=/tags/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{server.url}/tags/")

    page.goto(f"{server.url}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Master key")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Master key")).to_have_count(0)
    assert complaints == []
