"""Signing up and in by a code that is e-mailed, and a forgotten password."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.session_revocation import delete_ended_sessions
from tests.accounts.browser_sessions import ask_code, code_in, enter_code, sign_in, user_of

pytestmark = pytest.mark.django_db

NEWCOMER = {"email": "Frodo@Shire.example", "name": "Frodo"}
SIGN_UP, CONFIRM = "/accounts/signup/", "/accounts/confirm-email/"
RESET, RESET_CODE, RESET_DONE = (f"/accounts/password/reset/{step}" for step in ("", "confirm/", "complete/"))


def shown(answer) -> str:
    """A page without what differs from one visit to the next."""
    return re.sub(r'csrfmiddlewaretoken" value="\w+', "", answer.content.decode())


@pytest.fixture
def code(client, bob, post_office):
    """Bob's browser waits for it; it is in Bob's mailbox."""
    ask_code(client, "bob@example.org", next="/tags/")
    return code_in(post_office[-1])


def test_the_code_signs_in_and_leads_on(client, bob, code):
    answer = enter_code(client, code, next="/tags/")

    assert (answer.status_code, answer.url) == (302, "/tags/")
    assert user_of(client) == bob


def test_it_is_for_the_browser_that_asked(bob, code):
    stranger = Client()
    ask_code(stranger, "mallory@example.org")

    enter_code(stranger, code)

    assert user_of(stranger) is None


def test_it_works_once(client, bob, code):
    enter_code(client, code)
    client.post("/accounts/sign-out/")

    enter_code(client, code)

    assert user_of(client) is None


def test_it_works_not_for_long(client, code, settings):
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1

    enter_code(client, code)

    assert user_of(client) is None


def test_it_is_guessed_three_times_at_most(client, code):
    for _ in range(3):
        enter_code(client, "BBBB-BBBB")

    enter_code(client, code)

    assert user_of(client) is None


def test_the_answer_tells_nobody_who_has_an_account(ann, bob, post_office):
    pages = []
    for name in ("bob", "nobody", "ann"):
        browser = Client()
        answer = browser.post("/accounts/login/code/", {"email": f"{name}@example.org"}, follow=True)
        pages.append((answer.redirect_chain, shown(answer).replace(f"{name}@", "")))

    assert pages[0] == pages[1] == pages[2]
    assert [message.to for message in post_office] == [[f"{name}@example.org"] for name in ("bob", "nobody", "ann")]


def test_staff_get_no_code(client, ann, post_office):
    ask_code(client, "ann@example.org")

    assert "signs in with a password or a passkey" in post_office[-1].body
    assert not re.search("[A-Z]{4}-[A-Z]{4}", post_office[-1].body)


def test_whoever_became_staff_meanwhile_is_not_opened_by_an_older_code(client, code):
    User.objects.filter(username="bob").update(is_staff=True)

    assert enter_code(client, code).status_code == 403
    assert user_of(client) is None
    assert client.get("/accounts/login/code/confirm/").status_code == 302


@pytest.mark.parametrize("said", ["", "bob", "bob@", "a@example.org\nBcc: all@example.org", "a" * 300 + "@b.example"])
def test_what_is_no_address_gets_no_mail(client, post_office, said):
    answer = ask_code(client, said)

    assert "field-error" in answer.content.decode()
    assert not post_office


def test_an_address_that_only_looks_alike_to_a_database_opens_nothing(client, bob, post_office):
    ask_code(client, "bob@exámple.org")

    assert "No account there is opened by it" in post_office[-1].body


def test_one_mailbox_is_not_flooded(bob, post_office):
    """Whichever form is used, and from wherever."""
    urls = ["/accounts/login/code/", SIGN_UP, RESET] * 3

    answers = [
        Client(REMOTE_ADDR=f"198.51.100.{n}").post(url, {"email": "bob@example.org", "name": "Bob"})
        for n, url in enumerate(urls)
    ]

    assert [answer.status_code for answer in answers] == [302] * 4 + [429] * 5
    assert int(answers[-1]["Retry-After"]) > 0
    assert len(post_office) == 4


@pytest.mark.parametrize("url", ["/accounts/login/code/", SIGN_UP, RESET])
def test_one_network_does_not_write_to_everybody(settings, post_office, url):
    limits = dict.fromkeys(("request_login_code", "signup", "reset_password"), "3/h")
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **limits}

    for n in range(5):
        Client().post(url, {"email": f"bob{n}@example.org", "name": "Bob"})

    assert len(post_office) == 3


def test_without_mail_it_is_not_offered(client):
    page = client.get("/accounts/sign-in/").content.decode()

    assert "/accounts/login/code/" not in page
    assert SIGN_UP not in page
    assert ask_code(client, "bob@example.org").status_code == 404
    assert 'name="email"' not in client.get(SIGN_UP).content.decode()


def test_a_post_office_that_is_closed_is_said_to_be(client, settings, post_office):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )

    answer = ask_code(client, "bob@example.org")

    assert answer.status_code == 503
    assert "Try again in a moment" in answer.content.decode()


def test_the_mail_is_in_the_language_of_who_asked(client, bob, post_office):
    client.post("/accounts/login/code/", {"email": "bob@example.org"}, headers={"accept-language": "zh-hans"})

    assert post_office[-1].subject == "Frodo: 登录验证码"


def test_mail_leads_to_the_sites_own_url_whatever_the_request_says(client, bob, post_office, settings):
    settings.ALLOWED_HOSTS = ["*"]

    for email in ("bob@example.org", "nobody@example.org"):
        client.post("/accounts/login/code/", {"email": email}, headers={"host": "evil.example:1234"})
        assert "http://testserver" in post_office[-1].body
        assert "evil" not in post_office[-1].body


def test_an_old_link_leads_to_the_form_for_a_code(client):
    assert client.get("/accounts/link/secret/").url == "/accounts/login/code/"


# Signing up


def test_a_newcomer_gives_a_name_and_proves_the_address(client, post_office):
    assert client.post(SIGN_UP, {**NEWCOMER, "next": "/tags/"}).url == CONFIRM
    assert user_of(client) is None

    answer = client.post(CONFIRM, {"code": code_in(post_office[-1])})

    frodo = user_of(client)
    assert answer.url == "/tags/"
    assert (frodo.name, frodo.email) == ("Frodo", "frodo@shire.example")
    assert not frodo.has_usable_password()


@pytest.mark.parametrize("name", ["", " \u200b ", "Ann", "ａｎｎ", "x" * 61])
def test_a_name_that_cannot_be_is_told_and_stays_in_the_form(client, ann, post_office, name):
    answer = client.post(SIGN_UP, {**NEWCOMER, "name": name})

    assert 'aria-invalid="true"' in answer.content.decode()
    assert "Frodo@Shire.example" in answer.content.decode()
    assert not User.objects.exclude(pk=ann.pk).exists()


def test_signing_up_tells_nobody_who_has_an_account(bob, post_office):
    pages = []
    for name in ("bob", "nobody"):
        answer = Client().post(SIGN_UP, {"email": f"{name}@example.org", "name": "Somebody"}, follow=True)
        pages.append((answer.redirect_chain, shown(answer).replace(f"{name}@", "")))

    assert pages[0] == pages[1]
    assert "There is one already" in post_office[0].body
    assert User.objects.filter(email="bob@example.org").count() == 1


def test_who_signed_up_with_anothers_address_comes_in_neither_before_nor_after_its_owner(client, post_office):
    mallory = Client()
    mallory.post(SIGN_UP, {**NEWCOMER, "password1": "mallory's password"})

    ask_code(client, "frodo@shire.example")
    enter_code(client, code_in(post_office[-1]))

    frodo = user_of(client)
    assert frodo.email == "frodo@shire.example"
    assert not frodo.has_usable_password()
    mallory.post(CONFIRM, {"code": "BBBB-BBBB"})
    assert user_of(mallory) is None


def test_a_sign_up_that_was_never_finished_is_deleted(client, bob, post_office):
    client.post(SIGN_UP, NEWCOMER)
    User.objects.update(date_joined=timezone.now() - timedelta(days=2))

    delete_ended_sessions()

    assert User.objects.get() == bob


# A password


def test_a_forgotten_password_is_replaced_with_a_code(client, bob, post_office):
    client.post(RESET, {"email": "bob@example.org"})
    client.post(RESET_CODE, {"code": code_in(post_office[-1])})

    client.post(RESET_DONE, {"password1": "a new secret 7", "password2": "a new secret 7"})

    bob.refresh_from_db()
    assert bob.check_password("a new secret 7")


def test_the_staffs_password_is_not_reset_by_mail(client, ann, post_office):
    client.post(RESET, {"email": "ann@example.org"})

    assert "signs in with a password or a passkey" in post_office[-1].body


def test_resetting_tells_nobody_who_has_an_account(bob, post_office):
    pages = []
    for name in ("bob", "nobody"):
        answer = Client().post(RESET, {"email": f"{name}@example.org"}, follow=True)
        pages.append((answer.redirect_chain, shown(answer).replace(f"{name}@", "")))

    assert pages[0] == pages[1]


def test_another_password_ends_other_sessions_and_is_mailed(bob, post_office):
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser, "bob")

    change = {"oldpassword": "bob's password", "password1": "a new secret 7", "password2": "a new secret 7"}
    here.post("/accounts/password/change/", change)

    assert (user_of(here), there.get("/api/me/").json()["user"]) == (bob, None)
    assert post_office[-1].subject == "Frodo: Password Changed"


# E-mail addresses


def test_an_address_is_added_with_a_code(client, bob, post_office):
    sign_in(client, "bob")
    client.post("/accounts/email/", {"action_add": "", "email": "bob@work.example"})
    assert not EmailAddress.objects.filter(email="bob@work.example").exists()

    client.post(CONFIRM, {"code": code_in(post_office[-1])})

    assert EmailAddress.objects.get(email="bob@work.example").verified


def test_changing_addresses_asks_for_the_password_again_when_one_signed_in_long_ago(client, bob, settings, post_office):
    sign_in(client, "bob")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1

    answer = client.post("/accounts/email/", {"action_add": "", "email": "bob@work.example"})

    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not post_office


@pytest.mark.parametrize("path", ["/accounts/login/code/", SIGN_UP, RESET])
def test_without_a_site_url_nothing_is_mailed(client, bob, post_office, settings, path):
    """A link in it would lead to whatever host the request names."""
    settings.SITE_URL = ""
    form = {"email": "bob@example.org", "name": "Bob"}

    page = client.get("/accounts/sign-in/", HTTP_HOST="testserver:8443")
    client.post(path, form, HTTP_HOST="testserver:8443")

    assert 'name="email"' not in page.content.decode()
    assert list(post_office) == []
