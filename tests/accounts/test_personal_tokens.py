"""Tokens that a person makes for a script."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import PersonalToken, User
from accounts.tokens.services import TokenExpired, TokenInvalid, create_personal_token, verify
from tests import people

pytestmark = pytest.mark.django_db

PAGE = "/accounts/me/tokens/"
NOW = timezone.now()


@pytest.fixture
def home(client, bob):
    """Bob's browser, signed in."""
    client.force_login(bob)
    return client


def secret_on(page) -> str:
    return page.context["secret"]


def test_it_is_made_on_a_page_and_shown_once(home, bob):
    answer = home.post(PAGE, {"name": "  my  script ", "scopes": ["comments", "read"], "days": "30"})

    secret = secret_on(answer)
    assert secret.startswith("frodo_")
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    token = PersonalToken.objects.get()
    assert (token.name, token.scopes) == ("my script", ["read", "comments"])
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    mine = home.get("/accounts/me/").content.decode()
    assert "my script" in mine
    assert secret not in mine + home.get(PAGE).content.decode()


def test_the_database_does_not_know_it(bob):
    _token, secret = create_personal_token(bob, "script", ["read"])

    [row] = PersonalToken.objects.values()
    assert secret[10:] not in str(row)


def test_it_speaks_for_its_owner_within_its_scopes(bob, django_assert_num_queries):
    token, secret = create_personal_token(bob, "script", ["uploads"])
    token.used_at = timezone.now()
    token.save()

    with django_assert_num_queries(1):
        credential = verify(secret)
        assert credential.user.username == "bob"

    assert isinstance(credential, PersonalToken)
    assert credential.allows("uploads")
    assert credential.allows("read")
    assert not credential.allows("posts")
    assert not credential.allows("anything else")


def test_when_it_was_used_is_written_every_five_minutes(bob, django_assert_num_queries):
    token, secret = create_personal_token(bob, "script", ["read"])

    verify(secret, NOW)
    with django_assert_num_queries(1):
        verify(secret, NOW + timedelta(minutes=5))
    token.refresh_from_db()
    assert token.used_at == NOW

    verify(secret, NOW + timedelta(minutes=6))
    token.refresh_from_db()
    assert token.used_at == NOW + timedelta(minutes=6)


def test_it_ends_when_it_was_told_to(bob):
    _token, secret = create_personal_token(bob, "script", ["read"], expires_at=NOW + timedelta(days=1))

    assert verify(secret, NOW + timedelta(hours=23))
    with pytest.raises(TokenExpired):
        verify(secret, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    "change",
    [
        lambda bob: User.objects.filter(pk=bob.pk).update(is_active=False),
        lambda bob: bob.delete(),
        lambda bob: bob.personal_tokens.all().delete(),
    ],
    ids=["not active", "no user", "removed"],
)
def test_it_is_void_at_once(bob, change):
    _token, secret = create_personal_token(bob, "script", ["read"])

    change(bob)

    with pytest.raises(TokenInvalid):
        verify(secret)


def test_another_spelling_is_another_token(bob):
    _token, secret = create_personal_token(bob, "script", ["read"])

    for said in (secret.swapcase(), secret + " ", secret[:-1], secret[6:]):
        with pytest.raises(TokenInvalid):
            verify(said)


@pytest.mark.parametrize(
    "said",
    [
        {"name": ""},
        {"name": " \u3164 "},
        {"name": "x" * 101},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"days": "100000"},
        {"days": "-1"},
    ],
)
def test_what_cannot_be_is_told(home, said):
    answer = home.post(PAGE, {"name": "script", "scopes": ["read"], "days": "", **said})

    assert answer.status_code == 400
    assert not PersonalToken.objects.exists()


def test_staff_must_have_signed_in_just_now(desk, ann):
    User.objects.filter(pk=ann.pk).update(last_login=timezone.now() - timedelta(minutes=16))

    answer = desk.post(PAGE, {"name": "script", "scopes": ["read"]})

    assert answer.status_code == 403
    assert not PersonalToken.objects.exists()


def test_one_removes_ones_own_and_nobody_elses(home, bob):
    mine, _secret = create_personal_token(bob, "script", ["read"])
    hers, _secret = create_personal_token(people.ann(), "hers", ["read"])

    for token in (mine, hers):
        home.post(f"/accounts/me/tokens/{token.pk}/remove/")
    home.post(f"/accounts/me/tokens/{10**30}/remove/")

    assert PersonalToken.objects.get() == hers


def test_nobody_makes_none(client):
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, {"name": "script", "scopes": ["read"]}).status_code == 403
    assert client.post("/accounts/me/tokens/1/remove/").status_code == 302


def test_another_site_makes_none(bob):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bob)

    assert browser.post(PAGE, {"name": "script", "scopes": ["read"]}).status_code == 403


def test_the_admin_shows_and_removes_them(desk, bob):
    token, _secret = create_personal_token(bob, "Bob's script", ["read"])

    assert "Bob&#x27;s script" in desk.get("/admin/accounts/personaltoken/").content.decode()
    assert "Bob&#x27;s script" in desk.get(f"/admin/accounts/user/{bob.pk}/change/").content.decode()
    desk.post(f"/admin/accounts/personaltoken/{token.pk}/delete/", {"post": "yes"})
    assert not PersonalToken.objects.exists()
