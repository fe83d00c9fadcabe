"""A long discussion: its order, its parts, and the way to one comment."""

import pytest

from blog.comments import ordering
from blog.models import Comment
from tests.factories import make_comment

ADDRESS = "/api/posts/a-walk/comments/"


@pytest.fixture
def ids(post) -> dict[str, int]:
    """Three at the top, and what was answered to each, by name."""
    made: dict[str, Comment] = {}
    for name in ["a", "b", "c", "b1", "a1", "a2", "a11", "b2"]:
        made[name] = make_comment(post, text=name, parent=made.get(name[:-1]))
    Comment.objects.filter(text="b").update(score=3)
    return {name: comment.pk for name, comment in made.items()}


def ask(client, **query) -> dict:
    answer = client.get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def texts(answer: dict) -> str:
    return " ".join(comment["text"] for comment in answer["comments"])


@pytest.mark.parametrize(
    ("chosen", "walk"),
    [
        ("oldest", "a a1 a11 a2 b b1 b2 c"),
        ("newest", "c b b1 b2 a a1 a11 a2"),
        ("best", "b b1 b2 a a1 a11 a2 c"),
    ],
)
def test_the_top_is_ordered_and_answers_stand_oldest_first(client, ids, chosen, walk):
    assert texts(ask(client, order=chosen)) == walk


@pytest.mark.parametrize("chosen", ordering.ORDERS)
def test_what_is_pinned_stands_first(client, ids, chosen):
    Comment.objects.filter(text="c").update(pinned=True)

    assert texts(ask(client, order=chosen)).startswith("c ")


@pytest.mark.parametrize("chosen", ordering.ORDERS)
@pytest.mark.parametrize("limit", [1, 3, 8])
def test_part_by_part_it_is_the_whole(client, ids, chosen, limit):
    answer = ask(client, order=chosen, limit=limit)
    seen, rest = texts(answer), answer["rest"]
    while answer["next"]:
        answer = ask(client, order=chosen, limit=limit, cursor=answer["next"])
        assert answer["rest"] == max(0, rest - limit)
        seen, rest = f"{seen} {texts(answer)}", answer["rest"]

    assert rest == 0
    assert seen == texts(ask(client, order=chosen))


def test_what_comes_or_goes_between_two_parts_doubles_nothing(client, post, ids, say):
    first = ask(client, order="newest", limit=3)
    make_comment(post, text="d")
    assert texts(ask(client, order="newest", limit=3, cursor=first["next"])) == "b2 a a1"

    Comment.objects.filter(text="b1").update(state="removed")
    assert texts(ask(client, order="newest", limit=3, cursor=first["next"])) == "b2 a a1"


def test_around_a_comment_is_all_from_the_beginning_to_its_part(client, ids):
    answer = ask(client, limit=3, around=ids["b"])

    assert texts(answer) == "a a1 a11 a2 b b1"
    assert texts(ask(client, limit=3, cursor=answer["next"])) == "b2 c"
    assert texts(ask(client, limit=3, around=ids["c"])) == texts(ask(client))
    assert texts(ask(client, limit=3, around=10**9)) == "a a1 a11"


def test_far_down_it_is_the_part_and_what_stands_above_it(client, post, ids):
    parent = make_comment(post, text="d")
    made = [Comment(post=post, parent=parent, name="Bob", text=f"d{number}") for number in range(1020)]
    Comment.objects.bulk_create(made)
    last = Comment.objects.latest("id").pk

    answer = ask(client, limit=10, around=last)

    assert (answer["skipped"], answer["rest"]) == (1020, 0)
    assert texts(answer) == " ".join(["d", *(f"d{number}" for number in range(1011, 1020))])
    assert len(ask(client, limit=10, around=parent.pk)["comments"]) == 10


@pytest.mark.parametrize("query", [{"order": "worst"}, {"cursor": "x"}, {"cursor": "1-2-3"}, {"cursor": "1" * 30}])
def test_it_refuses_what_it_does_not_know(client, post, query):
    answer = client.get(ADDRESS, query)

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == list(query)


@pytest.mark.parametrize("n", [1, 10, 100])
def test_the_list_asks_the_same_for_one_as_for_a_hundred(client, post, django_assert_num_queries, n):
    for number in range(n):
        make_comment(post, text=str(number), user=post.author if number % 2 else None)

    with django_assert_num_queries(3):
        assert len(ask(client, limit=500)["comments"]) == n


@pytest.fixture
def short(settings):
    settings.COMMENTS_PER_PAGE = 3


def test_without_a_script_it_is_read_page_by_page(client, post, ids, short, django_assert_max_num_queries):
    def said(query: str) -> list[str]:
        page = client.get(f"/post/a-walk/comments/?{query}").content.decode()
        return [bit.partition("</p>")[0] for bit in page.split('<div class="comment-text prose"><p>')[1:]]

    assert said("page=1") == ["a", "a1", "a11"]
    assert said("page=2") == ["a", "a2", "b", "b1"]  # what a2 answers stands above it
    assert said("page=3") == ["b", "b2", "c"]
    assert said("order=best") == ["b", "b1", "b2"]
    with django_assert_max_num_queries(4):
        said("page=2")
    for odd in ["page=4", "page=0", "page=01", "page=x", "order=worst"]:
        assert client.get(f"/post/a-walk/comments/?{odd}").status_code == 404


def test_a_comments_lasting_address_leads_to_its_place(client, post, ids, short):
    def place(pk) -> str:
        return client.get(f"/comment/{pk}/").headers.get("Location", "")

    assert place(ids["a1"]) == f"/post/a-walk/#comment-{ids['a1']}"
    assert place(ids["c"]) == f"/post/a-walk/comments/?page=3#comment-{ids['c']}"
    Comment.objects.filter(text="c").update(state="pending")
    assert [client.get(f"/comment/{pk}/").status_code for pk in (ids["c"], "9" * 30)] == [404, 404]


def test_said_on_the_form_page_it_is_shown_where_it_stands(client, post, ids, short):
    answer = client.post("/post/a-walk/comment/", {"name": "Bob", "text": "Last.", "intent": "post"})

    assert answer["Location"] == f"/post/a-walk/comments/?page=3#comment-{Comment.objects.latest('id').pk}"
