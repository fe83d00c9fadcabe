"""Commenting without a script."""

import lxml.html
import pytest

from blog.models import Comment
from tests import people
from tests.factories import make_comment, make_post

PAGE = "/post/a-walk/comment/"


@pytest.fixture
def fill(client, post):
    return lambda **fields: client.post(PAGE, {"name": "Bob", "text": "Lovely.", "intent": "post", **fields})


def test_the_form_is_not_cached_and_has_a_token(client, post):
    answer = client.get(PAGE)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "csrfmiddlewaretoken" in answer.content.decode()


def test_a_comment_is_taken_and_its_place_shown(fill):
    answer = fill()

    assert answer.status_code == 303
    assert answer["Location"] == f"/post/a-walk/#comment-{Comment.objects.get().pk}"


def test_an_answer_shows_what_it_answers(fill, client):
    fill()
    parent = Comment.objects.get()

    page = client.get(f"{PAGE}?parent={parent.pk}").content.decode()
    fill(text="So it was.", parent=parent.pk)

    assert "Reply to Bob" in page
    assert Comment.objects.last().parent == parent


def test_the_name_is_remembered(fill, client):
    fill()

    assert 'value="Bob"' in client.get(PAGE).content.decode()


def test_preview_keeps_what_was_typed(fill):
    page = fill(text="It was **lovely**", intent="preview").content.decode()

    assert "It was <strong>lovely</strong>" in page
    assert "It was **lovely**</textarea>" in page
    assert not Comment.objects.exists()


def test_an_error_stands_beside_its_field_and_all_is_kept(fill):
    answer = fill(name="Ann", email="bob@example.org", text="Hello <there>")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "an author of this site" in page.partition('id="_name-error">')[2][:100]
    assert 'value="bob@example.org"' in page
    assert "Hello &lt;there&gt;</textarea>" in page


def test_odd_fields_are_the_callers_mistake(fill):
    for odd in [{"parent": "x"}, {"parent": "9" * 40}, {"email": "no"}, {"text": "\x00"}, {"name": "x" * 61}]:
        assert fill(**odd).status_code == 400


def test_too_fast_says_when(fill, settings):
    settings.COMMENT_RATE = "1/900d"
    fill()

    answer = fill(text="More.")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_held_comment_says_so(fill, settings, client):
    settings.COMMENT_APPROVAL = "first"

    page = client.get(fill()["Location"]).content.decode()

    assert "awaiting approval" in page


def test_who_is_signed_in_gives_no_name(fill, client):
    client.force_login(people.bob())

    assert "Commenting as Bob." in client.get(PAGE).content.decode()
    assert fill(name="").status_code == 303


def test_closed_or_unknown(fill, client, post):
    assert client.get("/post/nothing/comment/").status_code == 404
    post.comments_open = False
    post.save()

    assert "closed" in client.get(PAGE).content.decode()
    assert fill().status_code == 403


@pytest.mark.parametrize("parent", ["removed", "unknown", "of another post", "no number"])
def test_a_reply_to_what_is_gone_says_so_and_can_be_sent_as_a_comment(fill, client, post, parent):
    removed = make_comment(post, state="removed")
    elsewhere = make_comment(make_post(title="Elsewhere"))
    keys = {"removed": removed.pk, "unknown": 999, "of another post": elsewhere.pk, "no number": "x"}

    answer = fill(text="I think so too.", parent=keys[parent])

    page = lxml.html.fromstring(answer.content.decode())
    assert answer.status_code == 400
    words = "Enter a whole number." if parent == "no number" else "The comment you are replying to no longer exists."
    assert page.find_class("form-error")[0].text_content() == words
    assert "Reply to" not in page.text_content()
    [form] = [each for each in page.forms if "text" in each.fields]
    assert form.fields["text"].strip() == "I think so too."
    assert form.fields["parent"] == ""
    assert fill(text=form.fields["text"], parent=form.fields["parent"]).status_code == 303
    assert Comment.objects.get(text="I think so too.").parent is None


def test_a_reply_refused_for_its_words_stays_a_reply(fill, client, post):
    parent = make_comment(post, name="Zoe", text="Was it cold?")

    answer = fill(text="", parent=parent.pk)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Reply to Zoe" in page
    assert "Was it cold?" in page
    assert f'name="parent" value="{parent.pk}"' in page
