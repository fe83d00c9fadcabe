"""Approve and remove by a link in an e-mail, without signing in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Comment, Decision
from blog.moderation import email_links


@pytest.fixture
def mail():
    """Whoever reads the letter: no cookie, no session; tokens of forms are checked."""
    return Client(enforce_csrf_checks=True)


def press(mail, address: str):
    """The button of the page."""
    page = mail.get(address).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    return mail.post(address, {"csrfmiddlewaretoken": token})


def test_looking_decides_nothing_pressing_does(pending, mail):
    address = email_links.decision_url(pending, "approve")
    page = mail.get(address)
    pending.refresh_from_db()
    assert (pending.state, page.status_code) == ("pending", 200)
    assert "Hello, I am new." in page.content.decode()
    assert "no-store" in page["Cache-Control"]

    answer = press(mail, address)

    pending.refresh_from_db()
    assert pending.state == "visible"
    assert "The comment is approved" in answer.content.decode()
    assert Decision.objects.values_list("verb", "source", "by").first() == ("approve", "link", None)


def test_pressed_again_or_late_it_says_what_is_the_case(pending, mail, decide):
    approve, remove = email_links.decision_url(pending, "approve"), email_links.decision_url(pending, "remove")
    press(mail, approve)

    for address in [approve, remove]:
        assert "The comment is already approved" in mail.get(address).content.decode()
        assert mail.post(address, {}).status_code == 403  # no button, no token
    decide("remove", pending)
    assert "The comment was already removed" in mail.get(approve).content.decode()


def test_an_old_letter_does_not_change_what_was_decided_since(pending, decide, client):
    address = email_links.decision_url(pending, "approve")
    decide("remove", pending)

    client.post(address)

    pending.refresh_from_db()
    assert pending.state == "removed"


def test_a_link_is_for_one_comment_one_verb_and_two_weeks(pending, mail, monkeypatch):
    assert mail.get(email_links.decision_url(pending, "remove").replace("/moderate/", "/moderate/x")).status_code == 404
    with monkeypatch.context() as then:
        then.setattr("django.core.signing.time.time", (timezone.now() - timedelta(days=15)).timestamp)
        address = email_links.decision_url(pending, "remove")

    page = mail.get(address)
    assert page.status_code == 410
    assert "This link has expired" in page.content.decode()


def test_of_a_deleted_comment_it_says_so(pending, mail):
    address = email_links.decision_url(pending, "remove")
    Comment.objects.all().delete()

    assert mail.get(address).status_code == 410
