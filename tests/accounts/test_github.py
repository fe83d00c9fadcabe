"""Signing in with an account elsewhere."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from tests import people
from tests.accounts.browser_sessions import come_in, go_there, login_url, sign_in, user_of

pytestmark = pytest.mark.django_db

ALL = pytest.mark.parametrize("provider", ["github", "google", "weixin", "weibo", "mastodon", "shire"])
BOTH = pytest.mark.parametrize("provider", ["github", "shire"])


@ALL
def test_a_newcomer_gets_an_account_and_goes_on_where_they_were(client, github, provider):
    answer = come_in(client, provider, next="/tags/?page=2")

    assert (answer.status_code, answer.url) == (302, "/tags/?page=2")
    bilbo = user_of(client)
    assert bilbo.name == "Bilbo"
    assert bilbo.email == ("" if provider in {"weixin", "weibo", "mastodon"} else "bilbo@shire.example")
    assert not bilbo.is_staff
    assert not bilbo.has_usable_password()


@BOTH
def test_who_comes_again_is_known_by_the_providers_number_alone(client, github, provider):
    come_in(client, provider)
    github.person |= {"login": "mr-baggins", "name": "Mr Baggins"}
    github.emails = [{"email": "baggins@rivendell.example", "primary": True, "verified": True}]
    other_browser = Client()

    come_in(other_browser, provider)

    assert user_of(other_browser) == user_of(client)
    assert user_of(client).name == "Bilbo"  # it is theirs to change
    assert User.objects.count() == 1


def test_what_a_provider_calls_somebody_is_cleaned_of_control_characters(client, github):
    github.person |= {"login": "bil\x1bbo", "name": "Bil\x1bbo\ufffe"}

    come_in(client, "shire")

    bilbo = user_of(client)
    assert bilbo.name == "Bilbo"
    assert SocialAccount.objects.get(user=bilbo, provider="shire").extra_data == {"label": "bilbo"}


def test_a_proven_address_leads_to_the_account_it_opens(client, github):
    come_in(client, "github")
    other_browser = Client()

    come_in(other_browser, "shire")

    assert user_of(other_browser) == user_of(client)


@BOTH
def test_an_unproven_address_leads_nowhere_and_is_not_kept(client, github, provider):
    bob = people.bob()
    github.emails = [{"email": bob.email, "primary": True, "verified": False}]

    come_in(client, provider)

    assert user_of(client) != bob
    assert user_of(client).email == ""


@BOTH
def test_staff_are_not_taken_over_by_their_address(client, ann, github, provider):
    github.emails = [{"email": "ANN@example.org", "primary": True, "verified": True}]

    answer = come_in(client, provider)

    assert answer.status_code == 403
    assert user_of(client) is None
    assert not SocialAccount.objects.exists()


def test_staff_come_in_by_what_they_added_themselves(client, ann, github):
    sign_in(client)
    answer = come_in(client, "github", process="connect")
    other_browser = Client()
    come_in(other_browser, "github")

    assert answer.url == "/accounts/me/"
    assert user_of(other_browser) == ann


def test_a_browser_that_staff_left_open_lets_nobody_add_a_way(client, ann, github, settings):
    sign_in(client)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1

    assert come_in(client, process="connect").url.startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


def test_what_opens_one_account_is_not_added_to_another(client, github):
    come_in(client)
    other_browser, bob = Client(), people.bob()
    sign_in(other_browser, "bob")

    come_in(other_browser, process="connect")

    assert user_of(other_browser) == bob
    assert not bob.socialaccount_set.exists()


def test_nobody_gets_the_name_of_the_author(client, ann, github):
    github.person |= {"name": "Ａｎｎ"}

    come_in(client)

    assert user_of(client).name == "bilbo"


def test_a_closed_account_stays_closed(client, github):
    come_in(client)
    User.objects.update(is_active=False)
    other_browser = Client()

    assert come_in(other_browser).url == "/accounts/inactive/"
    assert user_of(other_browser) is None


def test_only_what_is_set_up_is_offered(client, settings, github):
    assert "Continue with The Shire" in client.get("/accounts/sign-in/").content.decode()
    settings.SIGN_IN_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS = {}

    assert "Continue with" not in client.get("/accounts/sign-in/").content.decode()
    for provider in ("github", "shire"):
        assert client.post(login_url(provider)).status_code == 404
        assert client.get(f"{login_url(provider)}callback/?code=1&state=2").status_code == 404


# What others try


def test_an_answer_is_taken_only_by_the_browser_that_asked(client, github):
    back = go_there(client)

    assert Client().get(back).status_code == 400


def test_an_answer_is_taken_once(client, github):
    back = go_there(client)

    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 400


@pytest.mark.parametrize("change", [("state=", "state=x"), ("code=", "code=x")])
def test_a_changed_answer_is_none(client, github, change):
    back = go_there(client).replace(*change)

    assert client.get(back).status_code in {400, 502}
    assert user_of(client) is None


def test_one_providers_answer_is_not_brought_to_another(client, github):
    back = go_there(client, "github")

    assert client.get(back.replace("/github/", "/google/")).status_code == 400


def test_a_way_is_added_only_to_the_account_that_asked(client, github, ann):
    client.force_login(people.bob())
    back = go_there(client, process="connect")
    client.force_login(ann)

    assert client.get(back).status_code == 400
    assert not SocialAccount.objects.exists()


def test_it_begins_by_a_button_of_ours(client, github):
    careful = Client(enforce_csrf_checks=True)

    assert client.get("/accounts/with/github/login/").status_code == 200
    assert "socialaccount_states" not in client.session
    assert careful.post("/accounts/with/github/login/").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-blog"},
        {"exp": 1},
        {"sub": None},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_id_token_must_be_for_us_and_of_now(client, github, wrong):
    github.claims = wrong

    assert come_in(client, "shire").status_code == 502
    assert user_of(client) is None


def test_a_userinfo_response_is_of_the_person_whom_the_id_token_names(client, github):
    github.info = {"sub": "8"}

    assert come_in(client, "shire").status_code == 502
    assert user_of(client) is None


@pytest.mark.parametrize("person", [{}, {"id": None}, {"id": 7, "login": 7, "name": ["x"]}, {"id": "7" * 300}], ids=str)
def test_an_answer_that_makes_no_sense_is_the_providers_error(client, github, person):
    github.person = {"login": "bilbo", "name": "Bilbo", **person}

    come_in(client)

    assert user_of(client) is None or str(user_of(client).socialaccount_set.get().uid) == "7"


# When it does not work


@BOTH
def test_a_provider_that_is_broken_is_said_to_be(client, github, provider):
    back = go_there(client, provider)
    github.is_broken = True

    answer = client.get(back)

    assert answer.status_code == 502
    assert "Try again in a moment" in answer.content.decode()


def test_a_provider_that_is_away_leaves_the_site_alone(client, github, settings):
    [shire] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    shire["settings"] = {"server_url": "http://127.0.0.1:9/oidc"}

    assert client.get("/accounts/sign-in/").status_code == 200
    assert client.post(login_url("shire")).status_code == 502


def test_a_provider_that_says_nothing_is_not_waited_for_for_ever(client, github, settings):
    settings.SIGN_IN_PROVIDER_SECONDS = 0.2
    back = go_there(client)
    github.is_silent.set()

    assert client.get(back).status_code == 502


def test_who_says_no_there_is_told_how_to_go_on(client, github):
    back = go_there(client)
    state = back.partition("state=")[2]

    answer = client.get(f"/accounts/with/github/login/callback/?error=access_denied&state={state}")

    assert answer.status_code == 403
    assert "You did not allow GitHub to share your identity." in answer.content.decode()


def test_the_admin_shows_the_ways_in(desk, github):
    reader = Client()
    come_in(reader)

    page = desk.get(f"/admin/accounts/user/{user_of(reader).pk}/change/").content.decode()

    assert "GitHub" in page
    assert "bilbo" in page
