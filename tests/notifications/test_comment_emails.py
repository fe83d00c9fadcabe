"""Who gets a letter, and what stands in it."""

import pytest

from blog.models import Comment, QueuedEmail
from blog.moderation import actions as moderation
from tests import people
from tests.factories import make_post
from tests.notifications.conftest import click, link
from tests.notifications.smtp import html_of, text_of


def comment(said: dict) -> Comment:
    return Comment.objects.get(pk=said["id"])


def test_who_is_answered_gets_one_letter(bob_asks, browser, send, inbox):
    answer = browser("Eve")("So it was,\nsays @Bob.", parent=bob_asks.said["id"])

    assert "Jobs run: 1" in send()
    assert "Jobs run: 0" in send()
    [message] = inbox.messages
    assert message["To"] == "bob@example.org"
    assert message["From"] == "Frodo <blog@example.net>"
    assert message["Subject"] == "Comments on “A walk”"
    assert "Eve replied to you on “A walk”:\n\n> So it was,\n> says @Bob.\n" in text_of(message)
    assert "> Lovely." in text_of(message)
    assert f"http://testserver/post/a-walk/#comment-{answer['id']}" in text_of(message)
    assert f'href="http://testserver/post/a-walk/#comment-{answer["id"]}"' in html_of(message)


def test_letters_of_one_discussion_stay_together_and_are_known_as_made_by_a_program(bob_asks, browser, send, inbox):
    for text in ("One.", "Two."):
        browser("Eve")(text, parent=bob_asks.said["id"])
    send()

    one, two = inbox.messages
    assert one["Message-ID"] != two["Message-ID"]
    assert one["References"] == two["References"] == one["In-Reply-To"]
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["Precedence"] == "bulk"


def test_who_is_mentioned_gets_a_letter(bob_asks, browser, send, inbox):
    browser("Eve")("Ask @bob, he was there.")
    send()

    [message] = inbox.messages
    assert "Eve mentioned you" in text_of(message)


def test_an_edit_tells_only_those_it_names_anew(bob_asks, browser, send, inbox):
    eve = browser("Eve")
    said = eve("He was there.")
    answer = eve("So it was.", parent=bob_asks.said["id"])
    send()

    for comment, text in [(said, "@Bob was there."), (answer, "So it was, @Bob.")]:
        for words in (text, text + " Really."):
            eve.client.patch(f"/api/comments/{comment['id']}/", {"text": words}, "application/json")
            send()

    assert inbox.to == ["bob@example.org"] * 2


def test_nobody_hears_of_their_own_words(bob_asks, send, inbox):
    bob_asks("I meant: very lovely, @Bob.", parent=bob_asks.said["id"])

    assert "Jobs run: 0" in send()


def test_without_the_wish_no_letter(browser, quiet, send, inbox):
    silent = browser("Bob", "bob@example.org")("Lovely.")

    assert "mail" not in silent
    browser("Eve")("So it was.", parent=silent["id"])

    send()
    assert inbox.messages == []


@pytest.mark.parametrize("verb", [moderation.remove, moderation.mark_pending])
def test_what_is_taken_away_before_the_letter_went_out_is_not_told(bob_asks, browser, send, inbox, verb):
    answer = comment(browser("Eve")("Spam.", parent=bob_asks.said["id"]))
    verb(answer)

    send()
    assert inbox.messages == []

    moderation.approve(answer)
    send()
    assert inbox.to == ["bob@example.org"]


def test_what_is_approved_later_is_told_then_and_once(bob_asks, browser, send, inbox, settings):
    settings.COMMENT_APPROVAL = "first"
    answer = comment(browser("Eve")("Hello.", parent=bob_asks.said["id"]))
    send()
    assert inbox.messages == []

    for verb in (moderation.approve, moderation.mark_pending, moderation.approve):
        verb(answer)
        send()

    assert inbox.to == ["bob@example.org"]


def test_somebody_who_was_shut_out_writes_to_nobody(bob_asks, client, send, inbox, post):
    mallory = people.mallory()
    client.force_login(mallory)
    said = {"text": "Buy this.", "parent": bob_asks.said["id"]}
    csrf = client.get("/api/me/").json()["csrf"]
    client.post("/api/posts/a-walk/comments/", said, "application/json", headers={"X-CSRFToken": csrf})
    mallory.is_active = False
    mallory.save()

    assert "Jobs run: 1" in send()
    assert inbox.messages == []


def test_the_author_hears_of_each_comment_and_of_those_that_wait(browser, send, inbox, settings, post):
    settings.COMMENT_APPROVAL = "first"
    waiting = browser("Bob", "bob@example.org")("First.")
    send()
    [message] = inbox.messages
    assert message["To"] == "ann@example.org"
    assert "A comment by Bob on “A walk” is awaiting your approval:\n\n> First." in text_of(message)
    assert "bob@example.org" not in message.as_string()

    settings.COMMENT_APPROVAL = "never"
    moderation.approve(comment(waiting))
    browser("Eve")("Second.", parent=waiting["id"])
    send()

    [message] = inbox.messages[1:]
    assert "Eve replied to Bob on “A walk”:\n\n> Second." in text_of(message)


def test_the_author_may_want_none(browser, quiet, send, inbox):
    browser("Bob")("First.")

    send()
    assert inbox.messages == []


def test_a_reader_with_an_account_has_a_default_and_a_choice_for_each_comment(client, browser, quiet, send, inbox):
    bob = people.bob()
    client.force_login(bob)
    me = client.get("/api/me/").json()

    def say(text, **fields):
        data, headers = {"text": text, **fields}, {"X-CSRFToken": me["csrf"]}
        return client.post("/api/posts/a-walk/comments/", data, "application/json", headers=headers).json()

    loud, silent = say("One."), say("Two.", notify=False)
    for said in (loud, silent):
        browser("Eve")(f"Answer to {said['id']}.", parent=said["id"])
    send()

    assert me["notify"] is True
    assert loud["mail"] == "on"
    assert "mail" not in silent
    [message] = inbox.messages
    assert f"Answer to {loud['id']}." in text_of(message)


def test_a_letter_speaks_the_language_of_who_gets_it(browser, client, quiet, send, inbox):
    bob = browser("小明", "ming@example.org", **{"Accept-Language": "zh-Hans"})
    said = bob("好文章。", notify=True)
    send()
    assert "如果是你" in text_of(inbox.messages[0])
    click(client, link(inbox.messages[0], "confirm"))
    browser("Eve")("Indeed.", parent=said["id"])
    send()

    message = inbox.messages[1]
    assert message["Subject"] == "“A walk”的评论"
    assert "回复了你" in text_of(message)
    assert 'lang="zh-hans"' in html_of(message)


HOSTILE = 'Eve\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>"'


def test_nothing_typed_becomes_a_header_or_markup(bob_asks, browser, send, inbox, post):
    post.title = "A walk\r\nBcc: all@example.org <b>"
    type(post).objects.filter(pk=post.pk).update(title=post.title)
    browser(HOSTILE[:60])("<img src=https://spy.example/x.gif>\n.\nQUIT", parent=bob_asks.said["id"])
    send()

    [message] = inbox.messages
    assert message["Bcc"] is None
    assert message["Subject"].strip() == "Comments on “A walk Bcc: all@example.org <b>”"
    assert "<script" not in html_of(message)
    assert "<img" not in html_of(message)
    assert "<b>" not in html_of(message)
    assert "> <img src=https://spy.example/x.gif>\n> .\n> QUIT" in text_of(message)


def test_without_mail_settings_nothing_is_queued_and_no_choice_is_shown(browser, db, client, settings):
    said = browser("Bob", "bob@example.org")("Lovely.", notify=True)

    assert "mail" not in said
    assert not QueuedEmail.objects.exists()
    assert client.get("/api/me/").json()["notify"] is None


def test_letters_about_another_post_are_another_matter(bob_asks, browser, client, send, inbox):
    other = make_post(title="Elsewhere")
    client.post(f"/api/posts/{other.slug}/comments/", {"text": "Hi @Bob.", "name": "Eve"}, "application/json")

    send()
    assert inbox.messages == []
