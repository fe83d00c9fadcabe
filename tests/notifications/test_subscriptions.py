"""Whose address it is, and how to get no more letters."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from blog.models import Comment, QueuedEmail, Subscriber
from blog.notifications import preferences
from tests import people
from tests.notifications.conftest import click, link
from tests.notifications.smtp import text_of


def stop_path(message) -> str:
    address = message["List-Unsubscribe"].strip(" <>")
    assert address.startswith("http://testserver/notifications/stop/")
    return urlsplit(address).path


def test_a_typed_address_is_asked_once_and_without_a_strangers_word(browser, quiet, send, inbox):
    mallory = browser("Buy at evil.example", "victim@example.org")
    said = [mallory(f"Great pills {n}!", notify=True) for n in range(3)]
    browser("Eve")("Yes.", parent=said[0]["id"])
    send()

    [message] = inbox.messages
    assert said[0]["mail"] == "confirm"
    assert message["To"] == "victim@example.org"
    assert "evil" not in message.as_string()
    assert "pills" not in text_of(message)


def test_nothing_is_asked_for_a_comment_that_nobody_may_see(browser, quiet, send, inbox, settings):
    settings.COMMENT_APPROVAL = "first"

    assert browser("Mallory", "victim@example.org")("Spam.", notify=True)["mail"] == "confirm"
    send()
    assert inbox.messages == []


def test_one_network_cannot_have_many_strangers_written_to(browser, quiet, send, inbox):
    for n in range(8):
        browser("Mallory", f"victim-{n}@example.org")(f"Hello {n}.", notify=True)
    send()

    assert len(inbox.messages) == 5


def test_opening_the_link_asks_and_only_the_button_confirms(browser, quiet, send, inbox, client):
    said = browser("Bob", "bob@example.org")("Lovely.", notify=True)
    send()
    path = link(inbox.messages[0], "confirm")
    assert client.get(path).status_code == 200  # as mail scanners do
    browser("Eve")("One.", parent=said["id"])
    send()
    assert len(inbox.messages) == 1

    strict = Client(enforce_csrf_checks=True)
    assert "You will receive e-mails" in strict.post(path).content.decode()
    browser("Eve")("Two.", parent=said["id"])
    send()
    assert len(inbox.messages) == 2


def test_a_confirmed_address_typed_by_another_gets_nothing_of_theirs(bob_asks, browser, send, inbox):
    mallory = browser("Mallory", "bob@example.org")
    said = mallory("Me.", notify=True)
    mallory("Buy pills.", parent=said["id"])
    browser("Eve")("Buy more.", parent=said["id"])
    send()

    assert all("pills" not in text_of(message) and "more" not in text_of(message) for message in inbox.messages)


def test_one_click_ends_it_without_cookie_or_token(bob_asks, browser, send, inbox):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    message = inbox.messages[0]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    program = Client(enforce_csrf_checks=True)
    answer = program.post(stop_path(message), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies

    browser("Eve")("Two.", parent=bob_asks.said["id"])
    send()
    assert len(inbox.messages) == 1


def test_a_letter_under_way_is_dropped_when_its_reader_has_left(bob_asks, browser, send, inbox, client):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    browser("Eve")("Two.", parent=bob_asks.said["id"])
    click(client, stop_path(inbox.messages[0]))

    assert "Jobs run: 1" in send()
    assert len(inbox.messages) == 1


def test_the_page_asks_and_may_be_taken_back(bob_asks, browser, send, inbox, client):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    path = stop_path(inbox.messages[0])

    assert "Unsubscribe from e-mails about the discussion of “A walk”" in client.get(path).content.decode()
    click(client, path, intent="all")
    assert Subscriber.objects.exclude(closed_at=None).count() == 1
    click(client, path, intent="again")
    browser("Eve")("Two.", parent=bob_asks.said["id"])
    send()

    assert len(inbox.messages) == 2


def test_never_again_is_remembered_without_the_address(browser, quiet, send, inbox, client):
    browser("Mallory", "victim@example.org")("Hello.", notify=True)
    send()
    click(client, link(inbox.messages[0], "stop"))

    said = browser("Mallory", "Victim@example.org")("Hello again.", notify=True)
    send()

    assert said["mail"] == "confirm"  # whoever types it learns nothing
    assert len(inbox.messages) == 1
    assert "victim" not in str(Subscriber.objects.values()).lower()


@pytest.mark.parametrize("token", ["x", "eyJtIjoxfQ:1:x", "é", "a" * 3000])
def test_a_link_that_is_not_ours(client, db, token):
    for name in ("stop", "confirm"):
        for ask in (client.get, client.post):
            answer = ask(f"/notifications/{name}/{token}/")
            assert answer.status_code == 404
            assert "has expired or is incomplete" in answer.content.decode()


def test_the_author_leaves_the_desk_letters_by_a_click(browser, send, inbox, client, ann):
    browser("Bob")("One.")
    send()
    click(client, stop_path(inbox.messages[0]))

    ann.refresh_from_db()
    assert not ann.mail_comments
    assert not ann.mail_pending


def test_what_is_kept_of_a_guest_is_shown_and_erased(bob_asks, browser, send, inbox, client):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    visitor = Comment.objects.get(pk=bob_asks.said["id"]).visitor
    stranger = browser("Mallory", "bob@example.org")("Me.", notify=True)
    strangers = Comment.objects.get(pk=stranger["id"]).visitor

    assert [message["sent_at"] is None for message in preferences.export(visitor=visitor)["queued_emails"]] == [
        False,
        False,
    ]
    assert preferences.export(visitor=strangers)["queued_emails"] == []

    preferences.erase(visitor=strangers)
    assert Subscriber.objects.exclude(confirmed=[]).exists()
    preferences.erase(visitor=visitor)
    assert not QueuedEmail.objects.exclude(sent_at=None).exists()
    assert not Subscriber.objects.exclude(confirmed=[]).exists()


def test_ones_own_page_of_letters(client, inbox, post):
    assert client.get("/notifications/").status_code == 302
    bob = people.bob()
    client.force_login(bob)

    page = client.get("/notifications/").content.decode()
    client.post("/notifications/", {"all_off": "on", "language": "zh-hans", "again": ["1", "x"]})

    bob.refresh_from_db()
    assert bob.language == "zh-hans"
    assert "checked" in client.get("/notifications/").content.decode().partition('name="all_off"')[2][:10]
    assert "mail_answers" in page
    assert "mail_pending" not in page
    assert not bob.mail_answers
