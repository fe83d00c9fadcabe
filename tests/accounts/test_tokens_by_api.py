"""How programs sign in, and use, refresh and revoke what they were given."""

import logging
import sys
from datetime import timedelta

import pytest
from django.contrib.auth.backends import BaseBackend
from django.core.signals import got_request_exception
from django.test import Client
from django.utils import timezone
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables

from accounts.models import Device, PersonalToken, User
from accounts.tokens import services
from accounts.tokens.services import create_personal_token
from tests import people
from tests.accounts import browser_sessions
from tests.accounts.totp import set_up

pytestmark = pytest.mark.django_db

BOB = {"username": "bob", "password": "bob's password"}


@pytest.fixture
def program(bob):
    """A program of Bob's, on his laptop; without cookies."""
    return Client()


def post(program, address: str, said: dict, **options):
    return program.post(f"/api/{address}/", said, "application/json", **options)


def sign_in(program, **said) -> dict:
    answer = post(program, "token", {**BOB, **said})
    assert answer.status_code == 200, answer.content
    return answer.json()


def bearer(token: str) -> dict:
    return {"Authorization": f"Bearer {token}"}


def whose(program, token: str) -> str | None:
    answer = program.get("/api/me/devices/", headers=bearer(token))
    return answer.json()["results"][0]["name"] if answer.status_code == 200 else answer.json()["error"]["code"]


def test_in_with_a_password_and_out_again(program):
    tokens = sign_in(program, device="Bob's laptop")
    assert tokens.keys() == {"access", "refresh", "expires_in"}
    assert whose(program, tokens["access"]) == "Bob's laptop"

    newer = post(program, "token/refresh", {"refresh": tokens["refresh"]}).json()
    assert whose(program, newer["access"]) == "Bob's laptop"

    assert post(program, "token/revoke", {"refresh": newer["refresh"]}).status_code == 204
    assert whose(program, newer["access"]) == "token_invalid"


def test_answers_with_tokens_are_kept_by_nobody(program):
    answer = post(program, "token", BOB)

    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_the_device_is_named_after_the_program(program):
    post(program, "token", BOB, headers={"User-Agent": "curl/8.5.0"}, REMOTE_ADDR="198.51.100.7")

    device = Device.objects.get()
    assert (device.name, device.network) == ("curl/8.5.0", "198.51.100.0/24")


def test_what_is_wrong_is_a_401_that_says_how(program, bob):
    tokens = sign_in(program)
    Device.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    for token in ("rubbish", "frodo_rubbish", tokens["access"], ""):
        answer = program.get("/api/me/devices/", headers=bearer(token))
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_invalid")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_one_that_has_expired_says_so(program, bob):
    tokens = services.sign_in(bob, now=timezone.now() - timedelta(minutes=10))

    assert whose(program, tokens.access) == "token_expired"
    assert post(program, "token/refresh", {"refresh": tokens.refresh}).status_code == 200


def test_one_that_was_used_before_ends_the_device(program, bob):
    tokens = sign_in(program)
    newer = post(program, "token/refresh", {"refresh": tokens["refresh"]}).json()
    Device.objects.update(rotated_at=timezone.now() - timedelta(minutes=1))

    answer = post(program, "token/refresh", {"refresh": tokens["refresh"]})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_reused")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert whose(program, newer["access"]) == "token_invalid"


def test_even_what_everybody_may_read_is_not_read_with_a_void_token(program):
    assert program.get("/api/posts/", headers=bearer("rubbish")).status_code == 401


def test_an_inactive_user_is_nobody(program, bob):
    tokens = sign_in(program)
    User.objects.filter(pk=bob.pk).update(is_active=False)

    assert whose(program, tokens["access"]) == "token_invalid"
    assert post(program, "token/refresh", {"refresh": tokens["refresh"]}).status_code == 401
    assert post(program, "token", BOB).json()["error"]["code"] == "wrong_credentials"


@pytest.mark.parametrize(
    "said", [{}, [], "x", None, {"username": "bob"}, {"username": ["bob"], "password": {}}, {**BOB, "otp": "1" * 41}]
)
def test_what_cannot_be_read_is_the_callers_mistake(program, said):
    for address in ("token", "token/refresh", "token/revoke"):
        assert post(program, address, said).status_code == 400


@pytest.mark.parametrize("name", ["bo\x00b", "b" * 150, "博", " bob"])
def test_an_odd_name_is_nobodys(program, name):
    assert post(program, "token", {"username": name, "password": "x"}).status_code in {400, 401}


# Guessing


def test_the_answer_is_the_same_for_who_is_not_there(program, bob):
    dora = User.objects.create_user("dora")  # who has no password
    User.objects.create_user("fred", password="fred's", is_active=False)

    names = ("bob", "nobody", dora.username, "fred")
    answers = [post(program, "token", {"username": name, "password": "fred's"}) for name in names]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_password_is_reckoned_with_for_who_is_not_there(program, settings):
    """So that the time it takes tells nothing."""
    settings.PASSWORD_HASHERS = ["tests.accounts.test_tokens_by_api.Counting"]
    people.bob().set_password("bob's password")
    Counting.n = 0

    for name in ("bob", "nobody"):
        before = Counting.n
        post(program, "token", {"username": name, "password": "guessed"})
        assert Counting.n - before == 1


def test_guessing_is_slowed_and_locks_no_device_out(program, settings):
    settings.SIGN_IN_ACCOUNT_RATE = "3/900d"
    tokens = sign_in(program)

    guesses = [post(program, "token", {**BOB, "password": "guessed"}, REMOTE_ADDR=f"198.51.{n}.7") for n in range(3)]

    assert [guess.status_code for guess in guesses] == [401, 401, 429]
    assert guesses[-1].json()["error"]["code"] == "too_many_tries"
    assert int(guesses[-1]["Retry-After"]) > 0
    assert post(program, "token/refresh", {"refresh": tokens["refresh"]}).status_code == 200


# Two-factor authentication


@pytest.fixture
def with_codes(bob):
    browser = Client()
    browser_sessions.sign_in(browser, "bob")
    return set_up(browser)


def test_a_code_is_asked_for_after_the_password(program, with_codes):
    wrong = post(program, "token", {**BOB, "password": "guessed"})
    right = post(program, "token", BOB)

    assert wrong.json()["error"]["code"] == "wrong_credentials"
    assert (right.status_code, right.json()["error"]["code"]) == (401, "otp_required")
    assert not Device.objects.exists()


def test_a_code_lets_in_once(program, with_codes):
    code = with_codes.code()

    assert sign_in(program, otp=code)
    assert post(program, "token", {**BOB, "otp": code}).json()["error"]["code"] == "otp_wrong"
    assert sign_in(program, otp=with_codes.recovery_codes[0])
    assert post(program, "token", {**BOB, "otp": with_codes.recovery_codes[0]}).json()["error"]["code"] == "otp_wrong"


def test_codes_are_tried_slowly(program, with_codes):
    tries = [post(program, "token", {**BOB, "otp": "000000"}, REMOTE_ADDR=f"198.51.{n}.7") for n in range(11)]

    assert [tried.status_code for tried in tries] == [401] * 10 + [429]


# Devices and personal tokens


def test_one_lists_devices_and_signs_one_out(program, bob):
    phone, laptop = sign_in(program, device="phone"), sign_in(program, device="laptop")
    services.sign_in(people.ann(), name="Ann's")

    listed = program.get("/api/me/devices/", headers=bearer(laptop["access"])).json()["results"]
    assert [(device["name"], device["is_this"]) for device in listed] == [("laptop", True), ("phone", False)]

    for status in (204, 404):
        answer = program.delete(f"/api/me/devices/{listed[1]['id']}/", headers=bearer(laptop["access"]))
        assert answer.status_code == status
    assert whose(program, phone["access"]) == "token_invalid"


def test_another_password_ends_all_devices_and_none_is_listed_any_more(client, program, bob):
    tokens = sign_in(program, device="phone")
    client.force_login(bob)
    changed = {"oldpassword": BOB["password"], "password1": "a walk by the river", "password2": "a walk by the river"}

    assert client.post("/accounts/password/change/", changed).status_code == 302

    assert whose(program, tokens["access"]) == "token_invalid"
    assert client.get("/api/me/devices/").json()["results"] == []
    assert "phone" not in client.get("/accounts/me/").content.decode()
    [device] = client.get("/accounts/me/export/").json()["programs"]["devices"]
    assert (device["name"], device["revoked_at"] is not None) == ("phone", True)


def test_a_password_that_the_owner_sets_ends_the_devices_too(desk, program, bob):
    sign_in(program, device="phone")
    services.sign_in(people.ann(), name="Ann's")
    said = {"usable_password": "true", "password1": "a walk by the river", "password2": "a walk by the river"}

    assert desk.post(f"/admin/accounts/user/{bob.pk}/password/", said).status_code == 302

    form = desk.get(f"/admin/accounts/user/{bob.pk}/change/").content.decode()
    assert "phone" not in form
    assert [device.name for device in Device.objects.alive()] == ["Ann's"]


def test_another_name_ends_no_device(client, program, bob):
    tokens = sign_in(program, device="phone")
    client.force_login(bob)

    client.post("/accounts/me/", {"name": "Robert", "website": ""})

    assert whose(program, tokens["access"]) == "phone"


def test_nobody_signs_another_out(program, bob):
    services.sign_in(people.ann())

    answer = program.delete(f"/api/me/devices/{Device.objects.get().pk}/", headers=bearer(sign_in(program)["access"]))

    assert answer.status_code == 404
    assert Device.objects.alive().count() == 2


def test_a_personal_token_is_made_shown_once_and_removed(program, bob):
    access = sign_in(program)["access"]
    said = {"name": "script", "scopes": ["comments", "read"], "expires_at": "2099-01-01T00:00:00Z"}

    made = post(program, "me/tokens", said, headers=bearer(access))
    [listed] = program.get("/api/me/tokens/", headers=bearer(access)).json()["results"]

    assert made.status_code == 201
    assert made.json() == {**listed, "token": made.json()["token"]}
    assert (listed["scopes"], listed["expires_at"]) == (["read", "comments"], "2099-01-01T00:00:00Z")
    assert program.get("/api/posts/", headers=bearer(made.json()["token"])).status_code == 200
    assert program.delete(f"/api/me/tokens/{listed['id']}/", headers=bearer(access)).status_code == 204
    assert program.get("/api/posts/", headers=bearer(made.json()["token"])).status_code == 401


@pytest.mark.parametrize(
    "said",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": "read"},
        {"scopes": [["read"]]},
        {"name": ""},
        {"name": "\u3164"},
        {"name": 7, "scopes": None},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
    ],
)
def test_one_that_cannot_be_is_refused(program, said):
    said = {"name": "script", "scopes": ["read"], **said}

    answer = post(program, "me/tokens", said, headers=bearer(sign_in(program)["access"]))

    assert answer.status_code == 400
    assert answer.json()["error"]["fields"].keys() <= said.keys()


def test_a_personal_token_makes_no_other_and_does_not_look(program, bob):
    token, secret = create_personal_token(bob, "script", ["read", "posts", "comments"])

    for answer in (
        post(program, "me/tokens", {"name": "x", "scopes": ["read"]}, headers=bearer(secret)),
        program.get("/api/me/tokens/", headers=bearer(secret)),
        program.get("/api/me/devices/", headers=bearer(secret)),
        program.delete(f"/api/me/tokens/{token.pk}/", headers=bearer(secret)),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_by_token")


def test_staff_make_one_only_just_after_signing_in(program, ann):
    before = timezone.now() - timedelta(minutes=16)
    old = services.refresh(services.sign_in(ann, now=before).refresh).access
    new = services.sign_in(ann).access
    said = {"name": "script", "scopes": ["posts"]}

    assert post(program, "me/tokens", said, headers=bearer(old)).json()["error"]["code"] == "signed_in_long_ago"
    assert post(program, "me/tokens", said, headers=bearer(new)).status_code == 201


def test_what_a_token_was_not_made_for_it_does_not_do(program, ann):
    _token, secret = create_personal_token(ann, "script", ["comments"])

    answer = post(program, "posts", {"title": "A walk"}, headers=bearer(secret))

    assert answer.status_code == 403
    assert (answer.json()["error"]["code"], answer.json()["error"]["scope"]) == ("scope_missing", "posts")


def test_a_token_with_the_scope_writes_as_its_owner(program, ann):
    _token, secret = create_personal_token(ann, "script", ["posts"])

    answer = post(program, "posts", {"title": "A walk", "text": "Along the river."}, headers=bearer(secret))

    assert answer.status_code == 201, answer.content


def test_no_more_than_its_owner_may(program, bob):
    _token, secret = create_personal_token(bob, "script", ["posts"])

    assert post(program, "posts", {"title": "A walk"}, headers=bearer(secret)).status_code == 403


def test_by_cookie_it_takes_the_csrf_token(bob):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob)

    assert post(browser, "me/tokens", {"name": "x", "scopes": ["read"]}).status_code == 403
    assert not PersonalToken.objects.exists()


def test_a_page_of_another_site_signs_nobody_in(program):
    assert post(program, "token", BOB, headers={"Origin": "https://evil.example"}).status_code == 403


def test_nobody_has_neither(client):
    for address in ("/api/me/tokens/", "/api/me/devices/"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_they_are_part_of_ones_own_data_and_go_with_it(client, program, bob):
    sign_in(program, device="laptop")
    _token, secret = create_personal_token(bob, "script", ["read"])
    client.force_login(bob)

    said = client.get("/accounts/me/export/").json()["programs"]
    assert [device["name"] for device in said["devices"]] == ["laptop"]
    assert [token["name"] for token in said["personal_tokens"]] == ["script"]
    assert secret not in str(said)

    client.post("/accounts/me/erase/", {"words": "remove", "confirm": "erase", "password": BOB["password"]})
    assert not Device.objects.exists()
    assert not PersonalToken.objects.exists()


def test_they_are_signed_out_on_ones_own_page(client, program, bob):
    phone, laptop = sign_in(program, device="phone"), sign_in(program, device="laptop")
    client.force_login(bob)
    assert "laptop" in client.get("/accounts/me/").content.decode()

    client.post(f"/accounts/me/devices/{Device.objects.get(name='phone').pk}/remove/")
    assert whose(program, phone["access"]) == "token_invalid"
    assert whose(program, laptop["access"]) == "laptop"

    client.post("/accounts/me/devices/remove/")
    assert whose(program, laptop["access"]) == "token_invalid"
    assert "laptop" not in client.get("/accounts/me/").content.decode()


def test_and_in_the_admin(desk, program, bob):
    tokens = sign_in(program, device="laptop")
    page = desk.get("/admin/accounts/device/").content.decode()
    assert "laptop" in page

    said = {"action": "sign_out", "_selected_action": [Device.objects.get().pk]}
    desk.post("/admin/accounts/device/", said)

    assert whose(program, tokens["access"]) == "token_invalid"


# What nobody is to read


class Counting:
    """A hasher that counts how often it is asked to reckon."""

    algorithm = "md5"
    n = 0

    def __new__(cls):
        from django.contrib.auth.hashers import MD5PasswordHasher

        class Hasher(MD5PasswordHasher):
            def encode(self, password: str, salt: str) -> str:
                cls.n += 1
                return super().encode(password, salt)

        return Hasher()


class Failing(BaseBackend):
    @sensitive_variables()
    def authenticate(self, request, **credentials):
        raise RuntimeError("The way to the other directory is closed.")


def test_a_password_is_in_no_log_and_no_report(settings, caplog, bob):
    settings.AUTHENTICATION_BACKENDS = ["tests.accounts.test_tokens_by_api.Failing"]
    settings.DEBUG = False
    reports = []

    def keep(request, **signal) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.extend([reporter.get_traceback_html(), reporter.get_traceback_text()])

    caplog.set_level(logging.DEBUG)
    program = Client(raise_request_exception=False)
    said = {"username": "bob", "password": "correct horse", "otp": "battery staple"}
    got_request_exception.connect(keep)
    try:
        by_form = {"login": "bob", "password": said["password"]}
        answers = [post(program, "token", said), program.post("/accounts/sign-in/", by_form)]
    finally:
        got_request_exception.disconnect(keep)

    assert [answer.status_code for answer in answers] == [500, 500]
    assert len(reports) == 4
    for text in (*reports, caplog.text, *(answer.content.decode() for answer in answers)):
        assert "correct horse" not in text
        assert "battery staple" not in text
