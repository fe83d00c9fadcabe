"""Tokens and two-factor authentication, as people see them; without a script. Pictures lie in build/screenshots."""

import re
from time import time

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.accounts.totp import code_at
from tests.server import Server

pytestmark = pytest.mark.browser

PICTURES = settings.BASE_DIR / "build" / "screenshots"
WIDTHS = {"phone": 390, "desk": 1280}
LOOKS = [
    ("phone", "light", "zh-CN", "ann"),
    ("phone", "dark", "en-US", "edith"),
    ("desk", "light", "en-US", "cid"),
    ("desk", "dark", "zh-CN", "frieda"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("programs")) as server:
        server.run(
            "from tests.people import *; from accounts.tokens.services import sign_in;"
            "people = [ann(), edith(), cid(), of_role('frieda', 'author')];"
            "[sign_in(one, name=name, network='198.51.100.0/24') for one in people"
            " for name in ('curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64) Writer of very long names/1.2.3')]"
        )
        yield server


@pytest.mark.quality
@pytest.mark.parametrize(("width", "scheme", "language", "who"), LOOKS)
def test_two_factor_authentication_and_tokens_by_hand(window, server, width, scheme, language, who):
    PICTURES.mkdir(parents=True, exist_ok=True)
    complaints = []
    page = window(
        viewport={"width": WIDTHS[width], "height": 800},
        color_scheme=scheme,
        locale=language,
        java_script_enabled=False,
    )
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    main = page.locator("main")

    def picture(name: str) -> None:
        page.screenshot(path=PICTURES / f"program-{name}-{width}-{scheme}-{language}.png", full_page=True)
        wide = page.context.new_cdp_session(page).send("Page.getLayoutMetrics")["cssContentSize"]["width"]
        assert wide <= WIDTHS[width], f"{name} scrolls sideways"

    def with_password() -> None:
        page.goto("/accounts/sign-in/")
        page.locator("[name=login]").fill(who)
        page.locator("[name=password]").fill(f"{who}'s password")
        page.locator("details .form-buttons button").click()

    with_password()
    page.goto("/accounts/2fa/totp/activate/")
    picture("set-up")
    main.locator("[name=code]").fill("000000")
    main.locator("button").click()
    expect(main.locator(".field-error")).to_have_text(re.compile("."))
    secret = main.locator("#authenticator_secret").input_value()
    main.locator("[name=code]").fill(code_at(secret, time()))
    main.locator("button").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    recovery = main.locator("#recovery_codes").input_value().split()
    assert len(recovery) == 10
    picture("recovery-codes")
    page.goto("/accounts/2fa/")
    picture("change")

    page.goto("/accounts/me/tokens/")
    picture("token")
    main.locator("button").click()
    expect(main.locator(".field-error").first).to_be_visible()
    main.locator("[name=name]").fill("Script that posts · 脚本")
    main.locator("[name=scopes]").nth(1).check()
    main.locator("button").click()
    expect(main.locator(".secret code")).to_contain_text("frodo_")
    picture("token-made")
    page.goto("/accounts/me/")
    expect(main.locator(".programs > li")).to_have_count(3)
    picture("me")

    page.locator("header.myself button").click()
    with_password()
    main.locator("[name=code]").fill("000000")
    main.locator("button").first.click()
    expect(main.locator(".field-error")).to_have_text(re.compile("."))
    picture("code")
    main.locator("[name=code]").fill(code_at(secret, time() + 30))
    main.locator("button").first.click()
    page.wait_for_url("**/accounts/me/")
    page.goto("/accounts/2fa/totp/deactivate/")
    main.locator("button").first.click()
    page.wait_for_url("**/accounts/2fa/")
    assert complaints == []
