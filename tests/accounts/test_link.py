"""Signing in by a link that is e-mailed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SignInLink, User
from tests import people
from tests.accounts.visits import link_in, user_of

pytestmark = pytest.mark.django_db


def ask(client, email: str, **said):
    return client.post("/accounts/link/", {"email": email, **said})


@pytest.fixture
def link(client, post_office):
    """In Bob's mailbox."""
    people.bob()
    ask(client, "bob@example.org", next="/tags/")
    return link_in(post_office[-1])


def test_the_button_on_the_linked_page_signs_in(client, link):
    page = client.get(link)
    answer = client.post(link)

    assert "You sign in as <strong>Bob</strong> (bob@example.org)" in page.content.decode()
    assert (answer.status_code, answer.url) == (302, "/tags/")
    assert user_of(client) == people.bob()


def test_looking_at_it_does_nothing_so_mail_scanners_use_nothing_up(client, link):
    for _ in range(3):
        assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200

    assert client.get(link).status_code == 200
    assert user_of(client) is None


def test_it_works_once(client, link):
    client.post(link)
    other_browser = Client()

    assert other_browser.post(link).status_code == 410
    assert other_browser.get(link).status_code == 410
    assert user_of(other_browser) is None


def test_one_that_was_used_ends_the_others(client, post_office, link):
    ask(client, "bob@example.org")
    client.post(link_in(post_office[-1]))

    assert client.get(link).status_code == 410


def test_it_works_not_for_long(client, link):
    SignInLink.objects.update(created_at=timezone.now() - timedelta(minutes=16))

    assert client.post(link).status_code == 410
    assert user_of(client) is None


def test_a_newcomer_is_asked_for_a_name_and_gets_an_account(client, post_office):
    ask(client, "Frodo@Shire.example")
    link = link_in(post_office[-1])

    assert 'name="name"' in client.get(link).content.decode()
    client.post(link, {"name": "Frodo"})

    frodo = user_of(client)
    assert (frodo.name, frodo.email) == ("Frodo", "frodo@shire.example")
    assert not frodo.has_usable_password()


@pytest.mark.parametrize("name", ["", " \u200b ", "Ann", "ａｎｎ"])
def test_a_name_that_cannot_be_is_told_and_the_link_stays(client, ann, post_office, name):
    ask(client, "frodo@shire.example")
    link = link_in(post_office[-1])

    assert client.post(link, {"name": name}).status_code == 400
    assert client.post(link, {"name": "Frodo"}).status_code == 302


def test_who_came_by_link_comes_again_by_link(client, post_office):
    for name in ("Frodo", ""):
        ask(client, "frodo@shire.example")
        client.post(link_in(post_office[-1]), {"name": name})

    assert User.objects.get().name == "Frodo"


def test_the_answer_tells_nobody_who_has_an_account(client, ann, post_office):
    people.bob()

    answers = [ask(client, address) for address in ("bob@example.org", "nobody@example.org", "ann@example.org")]

    assert [answer.status_code for answer in answers] == [200] * 3
    pages = [answer.content.decode() for answer in answers]
    assert pages[0].replace("bob@", "") == pages[1].replace("nobody@", "") == pages[2].replace("ann@", "")
    assert len(post_office) == 3


def test_staff_get_a_letter_without_a_link(client, ann, post_office):
    ask(client, "ann@example.org")

    assert "/accounts/link/" not in post_office[-1].body
    assert "Its account is not opened by links" in post_office[-1].body


def test_whoever_became_staff_meanwhile_is_not_opened_by_an_older_link(client, link):
    User.objects.filter(username="bob").update(is_staff=True)

    assert client.get(link).status_code == 403
    assert client.post(link).status_code == 403
    assert user_of(client) is None


@pytest.mark.parametrize("said", ["", "bob", "bob@", "a@example.org\nBcc: all@example.org", "a" * 300 + "@b.example"])
def test_what_is_no_address_gets_no_letter(client, post_office, said):
    answer = ask(client, said)

    assert answer.status_code == 400
    assert not post_office


def test_one_mailbox_is_not_flooded(client, post_office):
    answers = [ask(client, "bob@example.org").status_code for _ in range(6)]

    assert answers == [200] * 4 + [429] * 2
    assert len(post_office) == 4


def test_one_network_does_not_write_to_everybody(client, settings, post_office):
    settings.SIGN_IN_RATE = "3/h"

    answers = [ask(client, f"bob{n}@example.org") for n in range(5)]

    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert int(answers[-1]["Retry-After"]) > 0
    assert "bob4@example.org" in answers[-1].content.decode()  # nothing typed is lost


def test_without_mail_it_is_not_offered(client):
    assert "E-mail" not in client.get("/accounts/sign-in/").content.decode()
    assert ask(client, "bob@example.org").status_code == 404


def test_a_post_office_that_is_closed_is_said_to_be(client, settings, post_office):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )

    answer = ask(client, "bob@example.org")

    assert answer.status_code == 503
    assert "bob@example.org" in answer.content.decode()


def test_the_letter_is_in_the_language_of_who_asked(client, post_office):
    client.post("/accounts/link/", {"email": "bob@example.org"}, headers={"accept-language": "zh-hans"})

    assert post_office[-1].subject == "登录 Frodo"


def test_the_address_of_the_link_is_told_to_no_other_site(client, link):
    assert client.get(link)["Referrer-Policy"] == "same-origin"
