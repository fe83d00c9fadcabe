"""The page of one's own e-mail preferences, as a browser fills it in, and links in e-mails at their limits."""

from urllib.parse import urlsplit

import lxml.html
import pytest
from django.test import Client
from django.utils import timezone

from blog.models import MutedPost, Subscriber
from tests import people
from tests.factories import make_post
from tests.notifications.conftest import link

URL = "/notifications/"


def form_of(client):
    page = lxml.html.fromstring(client.get(URL).content.decode())
    [form] = [each for each in page.forms if each.get("action") == URL]
    return form


def boxes(client) -> dict[str, bool]:
    return {each.name: bool(each.checked) for each in form_of(client).iterfind(".//input[@type='checkbox']")}


def save(client, *, tick: tuple[str, ...] = (), untick: tuple[str, ...] = (), **fields) -> str:
    """Send the form as a browser does, after these changes; the page afterwards."""
    form = form_of(client)
    for box in form.iterfind(".//input[@type='checkbox']"):
        if box.name in tick or box.name in untick:
            box.checked = box.name in tick
    sent: dict = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return client.post(URL, {**sent, **fields}, follow=True).content.decode()


@pytest.fixture
def reader(client, post):
    client.force_login(people.bob())
    return client


@pytest.fixture
def author(post):
    client = Client()
    client.force_login(people.ann())
    return client


def test_saving_what_was_not_changed_changes_nothing(author, ann):
    before = boxes(author)
    assert before == {"mail_answers": True, "mail_comments": True, "mail_pending": True, "all_off": False}

    page = save(author)

    assert "Saved." in page
    assert boxes(author) == before
    ann.refresh_from_db()
    assert (ann.mail_answers, ann.mail_comments, ann.mail_pending) == (True, True, True)


@pytest.mark.parametrize("name", ["mail_answers", "mail_comments", "mail_pending", "all_off"])
def test_each_box_is_saved_alone_and_back_again(author, name):
    before = boxes(author)
    changed = {**before, name: not before[name]}

    save(author, **{"untick" if before[name] else "tick": (name,)})
    assert boxes(author) == changed
    save(author, **{"tick" if before[name] else "untick": (name,)})
    assert boxes(author) == before


def test_a_reader_is_offered_and_can_set_only_what_concerns_readers(reader, bob):
    assert set(boxes(reader)) == {"mail_answers", "all_off"}
    before = (bob.mail_comments, bob.mail_pending)

    save(reader, mail_comments="on", mail_pending="")

    bob.refresh_from_db()
    assert (bob.mail_comments, bob.mail_pending) == before


@pytest.mark.parametrize(("language", "kept"), [("en", "en"), ("zh-hans", "zh-hans"), ("", ""), ("xx", "zh-hans")])
def test_a_language_that_does_not_exist_leaves_the_one_that_was_chosen(reader, bob, language, kept):
    bob.language = "zh-hans"
    bob.save()

    save(reader, language=language)

    bob.refresh_from_db()
    assert bob.language == kept


def test_muted_discussions_are_listed_and_heard_again_one_by_one(reader, bob, post):
    other = make_post(title="Another walk")
    subscriber = Subscriber.objects.of(bob.email)
    for each in (post, other):
        MutedPost.objects.create(subscriber=subscriber, post=each)
    page = reader.get(URL).content.decode()
    assert "A walk" in page
    assert "Another walk" in page

    save(reader, again=[str(post.pk), "x", "-1", "9" * 30])

    assert [mute.post for mute in MutedPost.objects.all()] == [other]


def test_nobody_unmutes_for_another(reader, post):
    theirs = Subscriber.objects.of("eve@example.org")
    MutedPost.objects.create(subscriber=theirs, post=post)

    save(reader, again=[str(post.pk)])

    assert MutedPost.objects.filter(subscriber=theirs).exists()


def test_an_account_without_an_address_is_told_so(reader, bob):
    bob.email = ""
    bob.save()

    assert "Your account has no e-mail address" in reader.get(URL).content.decode()
    assert "Saved." in save(reader, tick=("all_off",))
    assert not Subscriber.objects.exists()


def test_who_is_signed_out_is_led_to_the_sign_in_and_back(client, db):
    for answer in (client.get(URL), client.post(URL, {"mail_answers": "on"})):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/sign-in/?next=%2Fnotifications%2F")
    assert client.options(URL).status_code == 405


@pytest.mark.parametrize("name", ["stop", "confirm"])
@pytest.mark.parametrize("verb", ["get", "post", "head"])
def test_a_link_that_was_changed_is_not_found_and_tells_nothing(client, db, name, verb):
    answer = getattr(client, verb)(f"/notifications/{name}/eyJtIjoxfQ:1abc:wrong/")

    assert answer.status_code == 404
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not Subscriber.objects.exists()


def test_a_link_of_one_kind_does_nothing_as_another(browser, quiet, send, inbox, client):
    browser("Bob", "bob@example.org")("Lovely.", notify=True)
    send()
    token = urlsplit(link(inbox.messages[0], "confirm")).path.removeprefix("/notifications/confirm/")

    assert client.post(f"/notifications/stop/{token}").status_code == 404
    assert Subscriber.objects.get().closed_at is None
    assert client.post(f"/notifications/confirm/{token}").status_code == 200


def test_a_link_to_confirm_expires_and_a_link_to_stop_does_not(bob_asks, browser, send, inbox, client, settings):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    settings.COMMENT_IP_RETENTION_DAYS = -1

    assert client.post(link(inbox.messages[-1], "stop")).status_code == 200
    assert MutedPost.objects.exists()


def test_a_link_of_an_address_that_was_erased_is_not_found(bob_asks, browser, send, inbox, client):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    path = link(inbox.messages[-1], "stop")
    Subscriber.objects.all().delete()

    assert client.post(path).status_code == 404


def test_an_unknown_button_of_a_link_stops_and_another_verb_does_nothing(bob_asks, browser, send, inbox, client):
    browser("Eve")("One.", parent=bob_asks.said["id"])
    send()
    path = link(inbox.messages[-1], "stop")

    assert client.head(path).status_code == 200
    assert client.delete(path).status_code == 405
    assert not MutedPost.objects.exists()
    client.post(path, {"intent": "dance"})
    assert MutedPost.objects.exists()
    client.post(path, {"intent": "again"})
    assert not MutedPost.objects.exists()
    client.post(path, {"intent": "all"})
    assert Subscriber.objects.filter(closed_at__lte=timezone.now()).exists()
