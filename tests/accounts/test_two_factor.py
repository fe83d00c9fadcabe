"""A code besides the password: set up, asked for at every door, and turned off again."""

import re
from base64 import b32encode
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from time import time

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.two_factor import CodeWrong, check
from tests import people
from tests.accounts.browser_sessions import ask_code, code_in, enter_code, go_there, sign_in, user_of
from tests.accounts.totp import ACTIVATE, Phone, code_at, codes_in, secret_in, set_up

pytestmark = pytest.mark.django_db

CODE = "/accounts/2fa/authenticate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"


@pytest.fixture
def anns(ann):
    """Ann's own browser, signed in with the password."""
    browser = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(browser)
    return browser


@pytest.fixture
def phone(anns) -> Phone:
    """Ann's, which shows codes."""
    return set_up(anns)


def test_the_codes_are_those_of_rfc_6238():
    """Its appendix B, with the last six of eight digits."""
    secret = b32encode(b"12345678901234567890").decode()
    table = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}

    assert {n: code_at(secret, n) for n in table} == table


# At the door


def test_a_password_alone_signs_nobody_in(client, phone):
    answer = sign_in(client, next="/admin/blog/post/")

    assert (answer.status_code, answer.url) == (302, CODE)
    assert user_of(client) is None
    assert client.get("/admin/").status_code == 302
    assert "known" not in client.cookies


def test_with_the_code_one_goes_where_one_wanted(client, ann, phone):
    sign_in(client, next="/admin/blog/post/")

    answer = client.post(CODE, {"code": phone.code()})

    assert (answer.status_code, answer.url) == (302, "/admin/blog/post/")
    assert user_of(client) == ann
    assert "known" in client.cookies


def test_the_admin_asks_for_it_too(client, phone):
    page = client.get("/admin/blog/post/", follow=True)

    assert page.redirect_chain[-1][0].startswith("/accounts/sign-in/?next=")
    assert client.post("/admin/login/", {"username": "ann", "password": "ann's password"}).status_code == 302
    assert user_of(client) is None


def test_a_wrong_code_can_be_corrected(client, ann, phone):
    sign_in(client)

    wrong = client.post(CODE, {"code": "000000"})
    assert "Incorrect code." in wrong.content.decode()
    assert user_of(client) is None

    client.post(CODE, {"code": phone.recovery_codes[0]})
    assert user_of(client) == ann


@pytest.mark.parametrize("said", ["", "00000", "0000000", "１２３４５６", "abcdef", "-", "\x00", "x" * 5000])
def test_rubbish_is_wrong(client, phone, said):
    sign_in(client)

    assert client.post(CODE, {"code": said}).status_code == 200
    assert user_of(client) is None


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_a_code_works_once(client, ann, phone, kind):
    code = phone.code() if kind == "code" else phone.recovery_codes[0]
    sign_in(client)
    client.post(CODE, {"code": code})
    assert user_of(client) == ann

    other_browser = Client()
    sign_in(other_browser)
    other_browser.post(CODE, {"code": code})

    assert user_of(other_browser) is None


def test_the_code_that_turned_it_on_is_used_up(client, ann, anns):
    secret = secret_in(anns.get(ACTIVATE).content.decode())
    code = code_at(secret, time())
    anns.post(ACTIVATE, {"code": code})
    sign_in(client)

    client.post(CODE, {"code": code})

    assert user_of(client) is None
    with pytest.raises(CodeWrong):
        check(ann, code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_of_two_at_the_same_moment_one_is_too_late(kind):
    ann, browser = people.ann(), Client()
    sign_in(browser)
    phone = set_up(browser)
    code = phone.code() if kind == "code" else phone.recovery_codes[0]

    def use(_n: int) -> bool:
        try:
            check(ann, code)
        except CodeWrong:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, range(4))) == [False, False, False, True]


@pytest.mark.parametrize("ahead", [-3, 3])
def test_a_code_of_another_minute_is_wrong(client, phone, ahead):
    sign_in(client)

    client.post(CODE, {"code": phone.code(ahead)})

    assert user_of(client) is None


def test_the_database_tells_neither_the_secret_nor_the_recovery_codes(phone):
    rows = str(list(Authenticator.objects.values()))

    assert phone.secret not in rows
    assert phone.recovery_codes[0] not in rows


def test_with_another_secret_key_no_code_fits(client, phone, settings):
    settings.SECRET_KEY = "another one, of thirty-two characters or more"
    sign_in(client)

    for code in (phone.code(), phone.recovery_codes[0]):
        assert client.post(CODE, {"code": code}).status_code == 200
    assert user_of(client) is None


def test_a_provider_leads_to_the_code_too(client, ann, phone, github):
    ann.socialaccount_set.create(provider="github", uid="7")

    assert client.get(go_there(client, next="/tags/")).url == CODE
    assert user_of(client) is None

    assert client.post(CODE, {"code": phone.code()}).url == "/tags/"
    assert user_of(client) == ann


def test_so_does_a_code_by_email(client, bob, post_office):
    bobs = Client()
    sign_in(bobs, "bob")
    phone = set_up(bobs)
    ask_code(client, "bob@example.org")

    assert enter_code(client, code_in(post_office[-1])).url == CODE
    assert user_of(client) is None
    client.post(CODE, {"code": phone.code()})
    assert user_of(client) == bob


def test_codes_are_tried_slowly_whatever_the_network(phone):
    answers = []
    for n in range(11):
        stranger = Client(REMOTE_ADDR=f"198.51.{n}.1")
        sign_in(stranger)
        answers.append(stranger.post(CODE, {"code": "000000"}).content.decode())

    assert ["Too many attempts" in answer for answer in answers] == [False] * 10 + [True]


def test_that_locks_the_author_out_of_no_browser_used_before(ann, anns, phone):
    anns.post("/accounts/sign-out/")
    stranger = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(stranger)
    for _ in range(11):
        stranger.post(CODE, {"code": "000000"})

    sign_in(anns)
    anns.post(CODE, {"code": phone.code()})

    assert user_of(anns) == ann


def test_the_page_alone_is_no_door(client, phone):
    assert client.get(CODE).url == "/accounts/sign-in/"
    assert client.post(CODE, {"code": phone.code()}).url == "/accounts/sign-in/"


@pytest.mark.parametrize(
    "change",
    [
        lambda ann: User.objects.filter(pk=ann.pk).update(is_active=False),
        lambda ann: (ann.set_password("another one"), ann.save()),
    ],
    ids=["not active", "another password"],
)
def test_what_ends_a_session_ends_the_waiting(client, ann, phone, change):
    sign_in(client)

    change(ann)

    assert client.post(CODE, {"code": phone.code()}).url == "/accounts/sign-in/"
    assert user_of(client) is None


def test_the_waiting_ends_by_itself(client, phone, settings):
    sign_in(client)
    settings.ACCOUNT_LOGIN_TIMEOUT = -1

    client.post(CODE, {"code": phone.code()})

    assert user_of(client) is None


def test_nobody_is_led_to_another_site(client, phone):
    sign_in(client, next="//evil.example/")

    assert client.post(CODE, {"code": phone.code()}).url == "/accounts/me/"


# Turning it on and off


def test_the_picture_says_who_and_where(anns, settings):
    page = anns.get(ACTIVATE)

    assert f"otpauth://totp/ann?secret={secret_in(page.content.decode())}&issuer=Frodo" == page.context["totp_url"]
    assert 'src="data:image/svg+xml' in page.content.decode()


def test_recovery_codes_are_shown_once(anns, phone):
    assert len(set(phone.recovery_codes)) == 10
    assert phone.recovery_codes[0] not in anns.get("/accounts/2fa/recovery-codes/").content.decode()
    assert phone.recovery_codes[0] not in anns.get("/accounts/2fa/").content.decode()
    assert anns.get("/accounts/2fa/recovery-codes/download/").status_code == 403


def test_a_wrong_code_turns_nothing_on(anns):
    anns.get(ACTIVATE)

    answer = anns.post(ACTIVATE, {"code": "000000"})

    assert "Incorrect code." in answer.content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("url", [ACTIVATE, DEACTIVATE, "/accounts/2fa/recovery-codes/generate/"])
def test_whoever_finds_the_browser_open_is_asked_for_the_password(anns, phone, settings, url):
    if url == ACTIVATE:
        Authenticator.objects.all().delete()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    before = list(Authenticator.objects.values())

    answer = anns.post(url, {"code": phone.code()})

    assert answer.url.startswith("/accounts/reauthenticate/?next=")
    assert list(Authenticator.objects.values()) == before


def test_a_code_of_the_phone_is_as_good_as_the_password(anns, phone, settings):
    url = "/accounts/2fa/reauthenticate/?next=/accounts/me/"

    assert "Incorrect code." in anns.post(url, {"code": "000000"}).content.decode()
    assert anns.post(url, {"code": phone.code()}).url == "/accounts/me/"


def test_the_one_that_is_on_is_not_replaced(anns, phone):
    assert anns.get(ACTIVATE).url == DEACTIVATE
    assert anns.post(ACTIVATE, {"code": "000000"}).url == DEACTIVATE


def test_it_is_turned_off(client, ann, anns, phone):
    anns.post(DEACTIVATE)

    assert not Authenticator.objects.exists()
    sign_in(client)
    assert user_of(client) == ann


def test_new_recovery_codes_void_the_old(client, ann, anns, phone):
    answer = anns.post("/accounts/2fa/recovery-codes/generate/", follow=True)

    sign_in(client)
    client.post(CODE, {"code": phone.recovery_codes[1]})
    assert user_of(client) is None
    client.post(CODE, {"code": codes_in(answer.content.decode())[0]})
    assert user_of(client) == ann


def test_the_operator_can_turn_it_off(ann, phone):
    said = StringIO()

    call_command("remove_totp", "ann", stdout=said)

    assert "ann" in said.getvalue()
    assert not Authenticator.objects.exists()
    for name in ("ann", "nobody"):
        with pytest.raises(CommandError):
            call_command("remove_totp", name)


def test_the_owner_helps_others_in_the_admin_but_not_herself(anns, ann, phone):
    edith, ediths = people.edith(), Client()
    sign_in(ediths, "edith")
    set_up(ediths)

    def can_delete(user) -> bool:
        page = anns.get(f"/admin/accounts/user/{user.pk}/change/")
        [found] = [one for one in page.context["inline_admin_formsets"] if one.formset.prefix == "authenticator_set"]
        return found.formset.can_delete

    assert can_delete(edith)
    assert not can_delete(ann)


def test_it_is_part_of_ones_own_data(anns, phone):
    data = anns.get("/accounts/me/export/").json()["account"]

    assert {factor["type"] for factor in data["second_factors"]} == {"totp", "recovery_codes"}
    assert phone.secret not in str(data)


# Passkeys: with a browser and its virtual authenticator in tests/browser/test_passkeys.py


@pytest.mark.parametrize("credential", ["", "{}", "[]", "x", '{"response": {"userHandle": "MQ"}}'])
def test_what_is_no_passkey_signs_nobody_in(client, ann, credential):
    client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})

    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})

    assert answer.status_code in {200, 302}
    assert user_of(client) is None


def test_scripts_of_passkeys_are_files_of_this_site(client, anns):
    for page in (client.get("/accounts/sign-in/"), anns.get("/accounts/2fa/webauthn/add/")):
        scripts = re.findall(r"<script([^>]*)>", page.content.decode())
        assert any("webauthn.js" in script for script in scripts)
        assert all('src="/static/' in script or 'type="application/json"' in script for script in scripts)
