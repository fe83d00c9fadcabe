"""The session, its cookie, and where one goes on."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from accounts.forgetting import forget
from accounts.going import own_path
from accounts.models import SignInLink, User
from tests import people
from tests.accounts.visits import come_in, link_in, user_of

pytestmark = pytest.mark.django_db

ANN = {"username": "ann", "password": "ann's password"}


def by_password(client, post_office):
    client.post("/accounts/sign-in/", ANN)


def by_the_admin(client, post_office):
    client.post("/admin/login/", ANN)


def by_link(client, post_office):
    client.post("/accounts/link/", {"email": "bob@example.org"})
    client.post(link_in(post_office[-1]))


def by_github(client, post_office):
    come_in(client)


@pytest.mark.parametrize("way", [by_password, by_the_admin, by_link, by_github])
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

    assert desk.get("/accounts/sign-out/").status_code == 405
    assert careful.post("/accounts/sign-out/").status_code == 403
    assert user_of(desk) is not None


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/sign-in/",
        "/accounts/sign-out/",
        "/accounts/link/",
        "/accounts/link/x/",
        "/accounts/with/github/",
        "/accounts/me/",
        "/accounts/me/erase/",
        "/accounts/guest/erase/",
        "/accounts/me/ways/1/",
        "/admin/login/",
    ],
)
def test_another_site_can_press_none_of_the_buttons(ann, github, post_office, address):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ann)

    assert careful.post(address, ANN).status_code == 403


@override_settings(SESSION_COOKIE_SECURE=True)
def test_the_cookies_are_for_this_site_and_no_script(client, ann, github):
    client.post("/accounts/sign-in/", ANN)
    client.post("/accounts/with/github/")

    mine = [cookie for name, cookie in client.cookies.items() if name != "csrftoken"]
    assert {cookie.key.split("-")[0] for cookie in mine} == {"sessionid", "known", "way"}
    for cookie in mine:
        assert cookie["httponly"]
        assert cookie["secure"]
        assert cookie["samesite"] == "Lax"


def test_a_session_of_a_closed_account_is_over(desk):
    User.objects.update(is_active=False)

    assert desk.get("/api/me/").json()["user"] is None


def test_what_is_over_is_forgotten(client, ann, post_office):
    client.post("/accounts/link/", {"email": "bob@example.org"})
    client.force_login(ann)
    other = Client()
    other.force_login(ann)
    yesterday = timezone.now() - timedelta(days=1)
    SignInLink.objects.update(created_at=yesterday)
    Session.objects.filter(pk=other.session.session_key).update(expire_date=yesterday)

    forget()

    assert not SignInLink.objects.exists()
    assert Session.objects.get().pk == client.session.session_key


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
def test_the_way_on_leads_to_no_other_site(to):
    assert own_path(to) == ""


@pytest.mark.parametrize(
    "to", ["/", "/post/茶/", "/post/%E8%8C%B6/?a=1&b=/x#comment-3", "/%2F%2Fevil.example/", "/a//b"]
)
def test_it_leads_to_any_page_of_ours(to):
    assert own_path(to) == to


@pytest.mark.parametrize("to", ["//evil.example/", "/\\evil.example/", "https://evil.example/"])
def test_no_door_leads_elsewhere(client, ann, bob, github, post_office, to):
    answers = [client.post("/accounts/sign-in/", {**ANN, "next": to}), client.get("/accounts/sign-in/", {"next": to})]
    answers.append(client.post("/accounts/sign-out/", {"next": to}))
    answers.append(come_in(client, next=to))
    client.post("/accounts/sign-out/")
    client.post("/accounts/link/", {"email": "bob@example.org", "next": to})
    answers.append(client.post(link_in(post_office[-1])))

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
