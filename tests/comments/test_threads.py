import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.comments.ordering import Node, walk
from blog.comments.threads import as_entries
from blog.models import Comment
from tests.factories import make_comment


def drawn(*rows) -> list:
    """(id, parent) or (id, parent, state) as (depth, id, answers to) in reading order."""
    bones = {pk: Node(pk, parent, (state or ["visible"])[0], 0, False) for pk, parent, *state in rows}
    lines = []

    def draw(places):
        for place in places:
            lines.append((place.depth, place.comment["id"], place.answer_to and place.answer_to["id"]))
            draw(place.answers)

    draw(as_entries([{"id": pk, "parent": bones[pk].parent} for pk in walk(bones.values())]))
    return lines


def test_answers_stand_under_what_they_answer():
    assert drawn((1, None), (2, None), (3, 1)) == [(1, 1, None), (2, 3, None), (1, 2, None)]


def test_beyond_three_levels_they_stand_flat_and_name_their_parent():
    assert drawn((1, None), (2, 1), (3, 2), (4, 3), (5, 4), (6, 2)) == [
        (1, 1, None),
        (2, 2, None),
        (3, 3, None),
        (3, 4, 3),
        (3, 5, 4),
        (3, 6, None),
    ]


def test_the_removed_stay_only_for_what_hangs_on_them():
    gone = "removed"

    assert drawn((1, None, gone), (2, 1), (3, None, gone), (4, 3, gone)) == [(1, 1, None), (2, 2, None)]


def test_held_ones_are_not_shown():
    assert drawn((1, None, "pending"), (2, None)) == [(1, 2, None)]


@pytest.mark.parametrize("n", [1, 10, 100, 1000])
def test_any_number_of_comments_takes_two_queries(client, post, n):
    for number in range(min(n, 100)):
        make_comment(post, text=f"Number {number}.", user=post.author if number % 2 else None)
    Comment.objects.bulk_create(
        Comment(post=post, name="Bob", text="x", html=f"Number {number}.") for number in range(100, n)
    )

    with CaptureQueriesContext(connection) as asked:
        page = client.get("/post/a-walk/").content.decode().partition("<template")[0]

    assert page.count('class="comment-name"') == min(n, 50)
    assert f"Number {min(n, 50) - 1}." in page
    assert (f">{n - 50} more comments<" in page) == (n > 50)
    assert sum("blog_comment" in query["sql"] for query in asked.captured_queries) == 2


def test_the_page_is_one_for_everyone(client, post, say):
    say("Lovely.")

    answer = client.get("/post/a-walk/")

    assert not answer.cookies
    page = answer.content.decode()
    assert "csrfmiddlewaretoken" not in page
    assert 'data-last-event="1"' in page
    assert '<bdi class="comment-name">Bob</bdi>' in page
    assert "<time datetime=" in page


def test_a_name_is_text(client, post, say):
    say("x", name="<i>Bob</i>")

    assert '<bdi class="comment-name">&lt;i&gt;Bob&lt;/i&gt;</bdi>' in client.get("/post/a-walk/").content.decode()


def test_closed_comments_offer_no_form(client, post, say):
    say("Lovely.")
    post.comments_open = False
    post.save()

    page = client.get("/post/a-walk/").content.decode()

    assert "Comments on this post are closed." in page
    assert '<form class="comment-form"' not in page
    assert "comment-reply" not in page
