"""Approve and remove by a link in a letter, without signing in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Comment, Decision
from blog.moderation import links


@pytest.fixture
def mail():
    """Whoever reads the letter: no cookie, no session; tokens of forms are checked."""
    return Client(enforce_csrf_checks=True)


def press(mail, address: str):
    """The button of the page."""
    page = mail.get(address).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    return mail.post(address, {"csrfmiddlewaretoken": token})


def test_looking_decides_nothing_pressing_does(held, mail):
    address = links.decision_url(held, "approve")
    page = mail.get(address)
    held.refresh_from_db()
    assert (held.state, page.status_code) == ("held", 200)
    assert "Hello, I am new." in page.content.decode()
    assert "no-store" in page["Cache-Control"]

    answer = press(mail, address)

    held.refresh_from_db()
    assert held.state == "visible"
    assert "The comment is approved" in answer.content.decode()
    assert Decision.objects.values_list("verb", "way", "by").first() == ("approve", "link", None)


def test_pressed_again_or_late_it_says_what_is_the_case(held, mail, decide):
    approve, remove = links.decision_url(held, "approve"), links.decision_url(held, "remove")
    press(mail, approve)

    for address in [approve, remove]:
        assert "The comment is shown already" in mail.get(address).content.decode()
        assert mail.post(address, {}).status_code == 403  # no button, no token
    decide("remove", held)
    assert "The comment was removed already" in mail.get(approve).content.decode()


def test_an_old_letter_does_not_change_what_was_decided_since(held, decide, client):
    address = links.decision_url(held, "approve")
    decide("remove", held)

    client.post(address)

    held.refresh_from_db()
    assert held.state == "removed"


def test_a_link_is_for_one_comment_one_verb_and_two_weeks(held, mail, monkeypatch):
    assert mail.get(links.decision_url(held, "remove").replace("/moderate/", "/moderate/x")).status_code == 404
    with monkeypatch.context() as then:
        then.setattr("django.core.signing.time.time", (timezone.now() - timedelta(days=15)).timestamp)
        address = links.decision_url(held, "remove")

    page = mail.get(address)
    assert page.status_code == 410
    assert "This link is too old" in page.content.decode()


def test_of_a_deleted_comment_it_says_so(held, mail):
    address = links.decision_url(held, "remove")
    Comment.objects.all().delete()

    assert mail.get(address).status_code == 410
