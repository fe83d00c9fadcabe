"""Texts of allauth and Django on our pages: in sentence case, and in the reader's language."""

import re

import lxml.html
import pytest

from tests.accounts.browser_sessions import sign_in

pytestmark = pytest.mark.django_db

GUEST = ["sign-in/", "signup/", "login/code/", "password/reset/", "inactive/", "3rdparty/login/cancelled/"]
AUTHOR = [
    "me/",
    "me/tokens/",
    "password/change/",
    "email/",
    "sessions/",
    "sign-out/",
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "3rdparty/",
]
ADMIN = ["", "accounts/user/", "accounts/user/add/", "blog/post/", "blog/rule/add/", "blog/block/add/", "blog/tag/add/"]
WORDS = "//main//*[self::h1 or self::h2 or self::button or self::label or self::th[@scope='col']]"


def words(client, path: str, language: str) -> list[str]:
    page = lxml.html.fromstring(client.get(path, headers={"accept-language": language}).content.decode())
    return [" ".join(element.text_content().split()) for element in page.xpath(WORDS)]


@pytest.mark.parametrize("path", [*GUEST, *AUTHOR])
def test_headings_labels_and_buttons_are_in_sentence_case(client, ann, path):
    if path in AUTHOR:
        sign_in(client)

    found = words(client, f"/accounts/{path}", "en")

    assert found
    assert not [text for text in found if "@" not in text and re.search(r"[a-z] [A-Z][a-z]", text)]


@pytest.mark.parametrize(
    "path", [*(f"/accounts/{path}" for path in GUEST + AUTHOR), *(f"/admin/{path}" for path in ADMIN)]
)
def test_headings_labels_and_buttons_are_in_chinese(client, ann, path):
    if path.removeprefix("/accounts/") not in GUEST:
        sign_in(client)

    found = words(client, path, "zh-hans")

    assert found
    assert not [text for text in found if text != "Ann" and re.fullmatch(r"[A-Za-z’' ]{3,}[:?]?", text)]
