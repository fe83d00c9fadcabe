"""One's own page: what readers see, and the ways in."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from tests.accounts.browser_sessions import come_in, sign_in, user_of
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(client, bob):
    """Bob's browser, signed in."""
    sign_in(client, "bob")
    return client


def test_name_and_website_are_changed(home, bob):
    answer = home.post("/accounts/me/", {"name": "  Robert   B. ", "website": "bob.example"})

    bob.refresh_from_db()
    assert answer.url == "/accounts/me/?done=saved"
    assert (bob.name, bob.website) == ("Robert B.", "https://bob.example")


@pytest.mark.parametrize(
    "said",
    [
        {"name": ""},
        {"name": "\u3164"},
        {"name": "Ann"},
        {"name": "A\u200bnn"},
        {"name": "x" * 61},
        {"website": "javascript:alert(1)"},
        {"website": "ftp://bob.example/"},
        {"website": "no address"},
    ],
)
def test_what_cannot_be_is_told_and_stays_in_the_form(home, bob, ann, said):
    answer = home.post("/accounts/me/", {"name": "Bob", "website": "", **said})

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    bob.refresh_from_db()
    assert (bob.name, bob.website) == ("Bob", "")


def test_the_author_keeps_her_own_name(desk, ann):
    assert desk.post("/accounts/me/", {"name": "Ann", "website": ""}).status_code == 302


def test_a_hostile_name_is_shown_as_it_is_written(home):
    home.post("/accounts/me/", {"name": "<script>alert(1)</script>", "website": ""})

    page = home.get("/accounts/me/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_way_in_is_added_and_taken_away(home, bob, github):
    come_in(home, process="connect")
    way = SocialAccount.objects.get(user=bob)

    assert "bilbo" in home.get("/accounts/me/").content.decode()
    assert home.post(f"/accounts/me/ways/{way.pk}/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_the_last_way_in_stays(client, github, post_office):
    """An address that is proven is one, too, where mail is sent."""
    come_in(client, "github")
    come_in(client, "shire")
    first, second = SocialAccount.objects.all()
    EmailAddress.objects.all().delete()

    assert client.post(f"/accounts/me/ways/{first.pk}/").status_code == 302
    assert client.post(f"/accounts/me/ways/{second.pk}/").status_code == 409
    assert SocialAccount.objects.get() == second


def test_a_way_that_is_no_longer_offered_does_not_count(client, github):
    """There is no post office here, so the address leads nowhere."""
    come_in(client)

    assert client.post(f"/accounts/me/ways/{SocialAccount.objects.get(provider='github').pk}/").status_code == 409


def test_nobody_takes_anothers_way_away(home, github):
    other_browser = Client()
    come_in(other_browser)
    way = SocialAccount.objects.first()

    home.post(f"/accounts/me/ways/{way.pk}/")
    home.post(f"/accounts/me/ways/{10**30}/")

    assert SocialAccount.objects.filter(pk=way.pk).exists()


def test_the_choice_of_mail_stands_there_where_mail_is_sent(home, settings, post_office):
    settings.SITE_URL = "http://testserver"

    assert 'name="mail_answers"' in home.get("/accounts/me/").content.decode()
    settings.EMAIL_URL = ""
    assert 'name="mail_answers"' not in home.get("/accounts/me/").content.decode()


def test_a_guest_is_known_by_the_browser(client):
    post = make_post()
    client.post(f"/api/posts/{post.slug}/comments/", {"text": "Hello.", "name": "Eve"}, "application/json")

    page = client.get("/accounts/me/").content.decode()

    assert "<bdi>Eve</bdi>" in page
    assert "/accounts/guest/erase/" in page


# Taking it along


def test_all_of_ones_own_data_is_handed_out_as_json(home, bob, github):
    come_in(home, process="connect")
    post = make_post(title="A walk")
    make_comment(post, user=bob, text="*Lovely*", email="bob@work.example")
    make_comment(post, user=bob, text="On hold", state="pending")
    make_comment(post, text="Of a guest who is called Bob as well")

    home.put(f"/api/posts/{post.slug}/reactions/", {"kind": "love"}, "application/json")

    answer = home.get("/accounts/me/export/")

    data = answer.json()
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in answer["Cache-Control"]
    assert data["account"]["email"] == "bob@example.org"
    assert [way["uid"] for way in data["account"]["ways_to_sign_in"]] == ["7"]
    assert [(said["text"], said["state"]) for said in data["comments"]] == [
        ("*Lovely*", "visible"),
        ("On hold", "pending"),
    ]
    assert data["comments"][0]["email"] == "bob@work.example"
    assert [(given["to"], given["kind"]) for given in data["reactions"]] == [(post.url, "love")]
    assert data["notifications"]["mail_answers"] is True
    assert "password" not in answer.content.decode()


def test_a_guest_gets_what_this_browser_wrote(client):
    post = make_post()
    client.post(f"/api/posts/{post.slug}/comments/", {"text": "Hello.", "name": "Eve"}, "application/json")
    make_comment(post, text="Of somebody else", name="Eve", visitor="another")

    data = client.get("/accounts/guest/export/").json()

    assert [said["text"] for said in data["comments"]] == ["Hello."]
    assert "account" not in data


def test_nobody_gets_nothing(client):
    assert client.get("/accounts/me/export/").status_code == 302
    assert client.get("/accounts/guest/export/").status_code == 302


def test_the_session_ends_with_the_account(home, bob):
    User.objects.filter(pk=bob.pk).delete()

    assert user_of(home) is None
    assert home.get("/accounts/me/").status_code == 302
