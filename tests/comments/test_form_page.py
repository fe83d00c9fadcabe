"""Commenting without a script."""

import pytest

from blog.models import Comment
from tests import people

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
