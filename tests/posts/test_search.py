import pytest

from blog.posts.search import snippet, terms_of
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("async django", ["async", "django"]),
        ("异步 编程", ["异步", "编程"]),
        ('"green tea" cup', ["green tea", "cup"]),
        ("“绿 茶”", ["绿 茶"]),
        ("ａｓｙｎｃ", ["async"]),
        ("茶", ["茶"]),
        ("a", []),
        ("   ", []),
        ("tea tea", ["tea"]),
    ],
)
def test_a_query_becomes_terms(query, terms):
    assert terms_of(query) == terms


def found(client, query: str) -> str:
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_finds_a_chinese_word_of_two_characters_in_the_body(client):
    make_post(title="春天", text="我们沿着河边散步，谈论异步编程。")
    make_post(title="夏天", text="什么也没有。")

    page = found(client, "散步")

    assert "春天" in page
    assert "夏天" not in page
    assert "<mark>散步</mark>" in page


def test_every_term_must_be_there(client):
    make_post(title="Green tea", text="A cup.")
    make_post(title="Black tea", text="A pot.")

    page = found(client, "TEA cup")

    assert "<mark>cup</mark>" in page.lower()
    assert "Black" not in page


def test_a_match_in_the_title_comes_first(client):
    make_post(title="Older: bicycles", days_ago=9)
    make_post(title="Newest", text="It mentions bicycles.", days_ago=1)

    page = found(client, "bicycles")

    assert page.index("Older") < page.index("Newest")


def test_markup_is_not_searched_but_words_in_it_are(client):
    make_post(title="Code", text="Some **strong words** here.")

    assert "Code" in found(client, "strong words")
    assert ">Code<" not in found(client, "&lt;strong")


def test_what_was_asked_is_shown_as_words(client):
    page = found(client, '"><script>alert(1)</script>')

    assert "<script>alert" not in page


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", "\0", "a" * 5000, "%00", "💥" * 60])
def test_odd_queries_are_answered(client, query):
    make_post()

    found(client, query)


@pytest.mark.parametrize("number", ["0", "x", "99", "-1", "9" * 50, "²"])
def test_a_page_that_is_not_there_is_not_found(client, number):
    make_post(title="Tea")

    assert client.get("/search/", {"q": "tea", "page": number}).status_code == 404


def test_the_snippet_stands_around_the_match():
    import re

    text = "x " * 200 + "needle" + " y" * 200

    assert "needle" in snippet(text, re.compile("needle"))
    assert len(snippet(text, re.compile("needle"))) < 260
