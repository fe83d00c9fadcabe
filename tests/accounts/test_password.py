"""Signing in with a password, and how guessing is slowed."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

import frodo.settings
from tests import people
from tests.accounts.browser_sessions import sign_in, user_of

pytestmark = pytest.mark.django_db

DOOR = "/accounts/sign-in/"
ANN = {"login": "ann", "password": "ann's password"}


@pytest.fixture(autouse=True)
def _three_tries(settings, ann):
    settings.SIGN_IN_RATE = "3/900d"
    settings.SIGN_IN_ACCOUNT_RATE = "6/900d"


def guess(times: int, *, client=None, network: str = "198.51.100.7", username: str = "ann") -> list:
    client = client or Client()
    said = {"login": username, "password": "guessed"}
    return [client.post(DOOR, said, REMOTE_ADDR=network) for _ in range(times)]


def test_the_author_comes_in(client, ann):
    assert client.post(DOOR, ANN).status_code == 302
    assert user_of(client) == ann


def test_readers_with_a_password_come_in_but_not_into_the_admin(client):
    people.bob()

    assert client.get("/admin/login/?next=/admin/").url == "/accounts/sign-in/?next=%2Fadmin%2F"
    client.post("/admin/login/", {"username": "bob", "password": "bob's password"})
    assert user_of(client) is None

    sign_in(client, "bob")
    assert user_of(client) == people.bob()
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_address_does_as_well_as_the_name(client, ann):
    client.post(DOOR, {**ANN, "login": "Ann@Example.org"})

    assert user_of(client) == ann


def test_a_network_that_guesses_has_to_wait():
    answers = guess(3)
    late = Client().post(DOOR, ANN, REMOTE_ADDR="198.51.100.7")
    elsewhere = Client().post(DOOR, ANN, REMOTE_ADDR="203.0.113.9")

    assert all("Too many attempts" not in answer.content.decode() for answer in answers)
    assert "Too many attempts" in late.content.decode()
    assert elsewhere.status_code == 302


def test_many_networks_guessing_at_one_account_have_to_wait():
    for n in range(6):
        guess(1, network=f"198.51.100.{n}")

    answer = Client().post(DOOR, ANN, REMOTE_ADDR="203.0.113.9")

    assert "Too many attempts" in answer.content.decode()


def test_that_locks_the_author_out_of_no_browser_used_before():
    hers = Client(REMOTE_ADDR="203.0.113.9")
    hers.post(DOOR, ANN)
    hers.post("/accounts/sign-out/")
    for n in range(9):
        guess(1, network=f"198.51.100.{n}")
    guess(9, network="203.0.113.9")

    assert hers.post(DOOR, ANN).status_code == 302


def test_such_a_browser_does_not_guess_for_ever_either():
    stolen = Client()
    stolen.post("/accounts/sign-in/", ANN)
    stolen.post("/accounts/sign-out/")

    assert [answer.status_code for answer in guess(4, client=stolen)] == [400] * 3 + [429]


def test_it_is_known_for_its_own_account_only(settings):
    settings.SIGN_IN_RATE = "6/900d"
    people.bob()
    bobs = Client()
    sign_in(bobs, "bob")
    bobs.post("/accounts/sign-out/")
    for n in range(6):
        guess(1, network=f"198.51.100.{n}")

    assert bobs.post("/accounts/sign-in/", ANN).status_code == 429


def test_spelling_the_name_in_another_way_is_the_same_account():
    for n, name in enumerate(["ann", "ANN", "ａｎｎ", "Ann ", "aNN", "anN"]):
        guess(1, network=f"198.51.100.{n}", username=name)

    assert Client().post("/accounts/sign-in/", ANN, REMOTE_ADDR="203.0.113.9").status_code == 429


def test_the_admin_redirects_a_password_change_to_the_account_page(desk, ann):
    said = {"old_password": ANN["password"], "new_password1": "a longer one", "new_password2": "a longer one"}

    assert desk.post("/admin/password_change/", said).url == "/accounts/password/change/"
    assert desk.get("/admin/password_change/done/").url == "/accounts/password/change/"

    ann.refresh_from_db()
    assert ann.check_password(ANN["password"])


def test_the_answer_tells_nobody_which_names_exist():
    known, unknown = (guess(1, username=name)[0] for name in ("ann", "nobody"))

    assert known.status_code == unknown.status_code == 400
    assert "The username and/or password you specified are not correct." in known.content.decode()
    assert "The username and/or password you specified are not correct." in unknown.content.decode()


def test_a_password_is_kept_by_argon2_and_an_older_one_from_the_next_sign_in_on(client, settings, ann):
    settings.PASSWORD_HASHERS = frodo.settings.PASSWORD_HASHERS
    ann.password = make_password(ANN["password"], hasher="pbkdf2_sha256")
    ann.save()

    assert client.post("/accounts/sign-in/", ANN).status_code == 302

    ann.refresh_from_db()
    assert ann.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert user_of(client) == ann
    assert client.get("/accounts/me/").status_code == 200
    assert Client().post("/accounts/sign-in/", ANN).status_code == 302


def test_the_password_form_is_open_for_who_comes_from_the_admin(client, settings, db):
    settings.SIGN_IN_PROVIDERS = {"github": "GitHub"}

    assert '<details class="boxed">' in client.get("/accounts/sign-in/").content.decode()
    assert '<details class="boxed" open>' in client.get("/accounts/sign-in/?next=/admin/").content.decode()
