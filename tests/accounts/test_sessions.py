"""The session, its cookie, and where one goes on."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from accounts.models import User
from accounts.session_revocation import delete_ended_sessions
from tests import people
from tests.accounts.browser_sessions import ask_code, code_in, come_in, enter_code, sign_in, user_of

pytestmark = pytest.mark.django_db

ANN = {"login": "ann", "password": "ann's password"}


def by_password(client, post_office):
    client.post("/accounts/sign-in/", ANN)


def by_code(client, post_office):
    ask_code(client, "bob@example.org")
    enter_code(client, code_in(post_office[-1]))


def by_github(client, post_office):
    come_in(client)


@pytest.mark.parametrize("way", [by_password, by_code, by_github])
def test_a_session_that_somebody_put_there_does_not_become_ones_own(client, ann, bob, github, post_office, way):
    planted = client.session
    planted["planted"] = True
    planted.save()
    before = planted.session_key

    way(client, post_office)

    assert client.session.session_key != before
    assert not client.session.exists(before)
    assert user_of(client) is not None


def test_signing_out_leaves_no_session(desk):
    before = desk.session.session_key

    answer = desk.post("/accounts/sign-out/")

    assert (answer.status_code, answer.url) == (302, "/")
    assert not desk.session.exists(before)
    assert desk.get("/api/me/").json()["user"] is None


def test_signing_out_is_a_button(desk):
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = desk.cookies

    desk.get("/accounts/sign-out/")
    assert careful.post("/accounts/sign-out/").status_code == 403
    assert user_of(desk) is not None


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/sign-in/",
        "/accounts/sign-out/",
        "/accounts/login/code/",
        "/accounts/login/code/confirm/",
        "/accounts/signup/",
        "/accounts/confirm-email/",
        "/accounts/password/change/",
        "/accounts/password/reset/",
        "/accounts/email/",
        "/accounts/reauthenticate/",
        "/accounts/sessions/",
        "/accounts/2fa/authenticate/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/webauthn/login/",
        "/accounts/with/github/login/",
        "/accounts/me/",
        "/accounts/me/erase/",
        "/accounts/guest/erase/",
        "/accounts/me/ways/1/",
    ],
)
def test_another_site_can_press_none_of_the_buttons(ann, github, post_office, address):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ann)

    assert careful.post(address, ANN).status_code == 403


@override_settings(SESSION_COOKIE_SECURE=True)
def test_the_cookies_are_for_this_site_and_no_script(client, ann, github):
    client.post("/accounts/sign-in/", ANN)
    client.post("/accounts/with/github/login/")

    mine = [cookie for name, cookie in client.cookies.items() if name != "csrftoken"]
    assert {cookie.key.split("-")[0] for cookie in mine} == {"sessionid", "known"}
    for cookie in mine:
        assert cookie["httponly"]
        assert cookie["secure"]
        assert cookie["samesite"] == "Lax"


def test_a_session_of_a_closed_account_is_over(desk):
    User.objects.update(is_active=False)

    assert desk.get("/api/me/").json()["user"] is None


def test_what_is_over_is_forgotten(client, ann):
    other = Client()
    for browser in (client, other):
        sign_in(browser)
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.filter(pk=other.session.session_key).update(expire_date=yesterday)

    delete_ended_sessions()

    assert Session.objects.get().pk == client.session.session_key
    assert UserSession.objects.get().session_key == client.session.session_key


# The list of them


def test_other_browsers_are_listed_and_signed_out(client, ann):
    lost = Client(REMOTE_ADDR="198.51.100.7", headers={"user-agent": "A lost laptop"})
    for browser in (lost, client):
        sign_in(browser)

    assert "A lost laptop" in client.get("/accounts/sessions/").content.decode()
    client.post("/accounts/sessions/")

    assert (user_of(client), user_of(lost)) == (ann, None)
    assert lost.get("/api/me/").json()["user"] is None
    assert [session["user_agent"] for session in account_of(client)["sessions"]] == [""]


def test_a_browser_is_listed_by_its_network_alone(client, ann):
    sign_in(client, REMOTE_ADDR="2001:db8:1:2:3:4:5:6")

    assert account_of(client)["sessions"][0]["ip"] == "2001:db8:1:2::"


def account_of(browser) -> dict:
    return browser.get("/accounts/me/export/").json()["account"]


# Where to

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "/\n/evil.example",
    "http:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/x\r\nSet-Cookie: a=b",
    "//evil.example\\@testserver/",
    "/" + "x" * 5000,
    "/" + "茶" * 500,
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_the_way_on_leads_to_no_other_site(client, ann, to):
    assert sign_in(client, next=to).url == "/accounts/me/"


@pytest.mark.parametrize(
    "to", ["/", "/post/茶/", "/post/%E8%8C%B6/?a=1&b=/x#comment-3", "/%2F%2Fevil.example/", "/a//b"]
)
def test_it_leads_to_any_page_of_ours(client, ann, to):
    assert sign_in(client, next=to).url == iri_to_uri(to)


@pytest.mark.parametrize("to", ["//evil.example/", "/\\evil.example/", "https://evil.example/"])
def test_no_door_leads_elsewhere(client, ann, bob, github, post_office, to):
    answers = [client.post("/accounts/sign-in/", {**ANN, "next": to}), client.get("/accounts/sign-in/", {"next": to})]
    answers.append(client.post("/accounts/sign-out/", {"next": to}))
    answers.append(come_in(client, next=to))
    client.post("/accounts/sign-out/")
    ask_code(client, "bob@example.org", next=to)
    answers.append(enter_code(client, code_in(post_office[-1]), next=to))

    assert [answer.url for answer in answers] == [
        "/accounts/me/",
        "/accounts/me/",
        "/",
        "/accounts/me/",
        "/accounts/me/",
    ]


def test_who_must_sign_in_first_comes_back(client):
    people.bob()

    answer = client.get("/accounts/me/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/sign-in/?next=/accounts/me/"
    assert 'name="next" value="/accounts/me/"' in answer.content.decode()
