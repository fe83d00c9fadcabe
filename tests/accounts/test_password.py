"""Signing in with a password: by readers' page and by the admin's, and how guessing is slowed."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

import frodo.settings
from tests import people
from tests.accounts.visits import user_of

pytestmark = pytest.mark.django_db

DOORS = pytest.mark.parametrize("door", ["/accounts/sign-in/", "/admin/login/"])
ANN = {"username": "ann", "password": "ann's password"}


@pytest.fixture(autouse=True)
def _three_tries(settings, ann):
    settings.SIGN_IN_RATE = "3/h"
    settings.SIGN_IN_ACCOUNT_RATE = "6/h"


def guess(door: str, times: int, *, client=None, network: str = "198.51.100.7", username: str = "ann") -> list:
    client = client or Client()
    said = {"username": username, "password": "guessed"}
    return [client.post(door, said, REMOTE_ADDR=network) for _ in range(times)]


@DOORS
def test_the_author_comes_in(client, ann, door):
    assert client.post(door, ANN).status_code == 302
    assert user_of(client) == ann


def test_readers_with_a_password_come_in_but_not_into_the_admin(client):
    bob = {"username": "bob", "password": "bob's password"}
    people.bob()

    client.post("/admin/login/", bob)
    assert user_of(client) is None

    client.post("/accounts/sign-in/", bob)
    assert user_of(client) == people.bob()


@DOORS
def test_a_network_that_guesses_has_to_wait(door):
    answers = guess(door, 3)
    late = Client().post(door, ANN, REMOTE_ADDR="198.51.100.7")
    elsewhere = Client().post(door, ANN, REMOTE_ADDR="203.0.113.9")

    assert all("Too many tries" not in answer.content.decode() for answer in answers)
    assert "Too many tries" in late.content.decode()
    assert elsewhere.status_code == 302


@DOORS
def test_many_networks_guessing_at_one_account_have_to_wait(door):
    for n in range(6):
        guess(door, 1, network=f"198.51.100.{n}")

    answer = Client().post(door, ANN, REMOTE_ADDR="203.0.113.9")

    assert "Too many tries" in answer.content.decode()


@DOORS
def test_that_locks_the_author_out_of_no_browser_used_before(door):
    hers = Client(REMOTE_ADDR="203.0.113.9")
    hers.post(door, ANN)
    hers.post("/accounts/sign-out/")
    for n in range(9):
        guess(door, 1, network=f"198.51.100.{n}")
    guess(door, 9, network="203.0.113.9")

    assert hers.post(door, ANN).status_code == 302


def test_such_a_browser_does_not_guess_for_ever_either():
    stolen = Client()
    stolen.post("/accounts/sign-in/", ANN)
    stolen.post("/accounts/sign-out/")

    assert [answer.status_code for answer in guess("/accounts/sign-in/", 4, client=stolen)] == [400] * 3 + [429]


def test_it_is_known_for_its_own_account_only(settings):
    settings.SIGN_IN_RATE = "6/h"
    people.bob()
    bobs = Client()
    bobs.post("/accounts/sign-in/", {"username": "bob", "password": "bob's password"})
    for n in range(6):
        guess("/accounts/sign-in/", 1, network=f"198.51.100.{n}")

    assert bobs.post("/accounts/sign-in/", ANN).status_code == 429


def test_spelling_the_name_in_another_way_is_the_same_account():
    for n, name in enumerate(["ann", "ANN", "ａｎｎ", "Ann ", "aNN", "anN"]):
        guess("/accounts/sign-in/", 1, network=f"198.51.100.{n}", username=name)

    assert Client().post("/accounts/sign-in/", ANN, REMOTE_ADDR="203.0.113.9").status_code == 429


def test_the_answer_tells_nobody_which_names_exist():
    known, unknown = (guess("/accounts/sign-in/", 1, username=name)[0] for name in ("ann", "nobody"))

    assert known.status_code == unknown.status_code == 400
    assert "Name and password do not belong together." in known.content.decode()
    assert "Name and password do not belong together." in unknown.content.decode()


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
