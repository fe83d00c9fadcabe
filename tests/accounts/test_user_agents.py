"""Browsers in the list of one's sessions are named as people name them."""

import pytest
from django.test import Client

from accounts.templatetags.accounts import browser
from tests.accounts.browser_sessions import sign_in

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Chrome/140.0.0.0 Safari/537.36", "Chrome on macOS"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Linux"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iOS",
        ),
        (
            f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {WEBKIT} Chrome/114.0.0.0 Mobile HuaweiBrowser/5",
            "Huawei on HarmonyOS",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_and_its_system_are_named(user_agent, words):
    assert browser(user_agent) == words


@pytest.mark.django_db
def test_the_list_of_sessions_names_browsers_and_keeps_what_they_sent_as_a_title(ann):
    client = Client(headers={"User-Agent": FIREFOX})
    sign_in(client)

    page = client.get("/accounts/sessions/").content.decode()

    assert f'<span title="{FIREFOX}">Firefox on Windows</span>' in page
