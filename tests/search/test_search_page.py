"""The search page and its API around the results: filters, pages, empty states, both languages, what is cached."""

from datetime import UTC, datetime

import lxml.html
import pytest

from tests import people
from tests.factories import make_activity, make_page, make_post

pytestmark = pytest.mark.django_db

API = "/api/search/"


def opened(client, **asked) -> lxml.html.HtmlElement:
    headers = {"accept-language": asked.pop("language")} if "language" in asked else {}
    answer = client.get("/search/", asked, headers=headers)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.content.decode())


def titles(page) -> list[str]:
    return [" ".join(title.text_content().split()) for title in page.find_class("card-title")]


def hrefs(page, kind: str) -> list[str]:
    return [link.get("href") for block in page.find_class(kind) for link in block.xpath(".//a")]


def status(page) -> str:
    [words] = page.get_element_by_id("_results").xpath(".//p[@role='status']")
    return " ".join(words.text_content().split())


def words(page) -> str:
    return " ".join(page.get_element_by_id("_results").text_content().split())


def at(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 15, 12, tzinfo=UTC)


def test_without_a_query_the_page_asks_for_nothing_and_shows_no_number(client):
    make_post(title="Tea")

    page = opened(client)

    assert words(page) == ""
    assert page.xpath("//input[@name='q']/@value") in ([], [""])
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


@pytest.mark.parametrize("query", ["-", "---", "…", "“”", "-coffee", "!!!"])
def test_a_query_without_a_word_says_so_in_both_languages(client, query):
    make_post(title="Tea")

    assert words(opened(client, q=query)) == "Enter a word to search for."
    assert words(opened(client, q=query, language="zh-CN")) == "请输入搜索关键词。"


def test_nothing_found_says_what_to_try_in_both_languages(client):
    make_post(title="Tea")

    page = opened(client, q="zebra")

    assert status(page) == "0 results"
    assert "No results. Try fewer or different words." in words(page)
    assert "没有找到相关文章，试试减少关键词，或换个说法。" in words(opened(client, q="zebra", language="zh-CN"))


def test_one_result_is_one_result(client):
    make_post(title="Tea")
    assert status(opened(client, q="tea")) == "1 result"

    make_post(title="More tea")
    assert status(opened(client, q="tea")) == "2 results"


def test_what_was_typed_stands_in_the_field_and_in_the_title(client):
    page = opened(client, q='green "tea" <b>')

    assert page.xpath("//main//input[@name='q']/@value")[0] == 'green "tea" <b>'
    assert page.findtext(".//title").startswith('green "tea" <b> · Search')


def test_a_tag_and_a_year_are_filters_that_can_be_taken_away(client):
    make_post(title="Tea in May", tags=("Slow days",), published_at=at(2023))
    make_post(title="Tea in June", tags=("Slow days",), published_at=at(2024))
    make_post(title="Tea alone", published_at=at(2024))

    page = opened(client, q="tea", tag="slow-days", year="2024")

    assert titles(page) == ["Tea in June"]
    assert "Tag: Slow days" in words(page)
    assert "Year: 2024" in words(page)
    assert hrefs(page, "filters") == ["/search/?q=tea&year=2024", "/search/?q=tea&tag=slow-days"]
    assert len(titles(opened(client, q="tea", tag="slow-days"))) == 2
    assert len(titles(opened(client, q="tea", year="2024"))) == 2


@pytest.mark.parametrize("typed", ["tag:slow", "TAG:Slow", "标签:slow", 'tag:"slow"', "tag: slow"])
def test_a_tag_can_be_typed(client, typed):
    make_post(title="A walk", tags=("Slow",))
    make_post(title="A run", tags=("Fast",))

    assert titles(opened(client, q=typed)) == ["A walk"]


@pytest.mark.parametrize(
    ("years", "found"),
    [
        ("year:2023", ["May 2023"]),
        ("year:2022-2023", ["May 2023", "May 2022"]),
        ("year:2023..", ["May 2024", "May 2023"]),
        ("year:-2022", ["May 2022"]),
        ("年份:2022", ["May 2022"]),
        ("year:2022年", ["May 2022"]),
        ("year:1999", []),
    ],
)
def test_years_can_be_typed(client, years, found):
    for year in (2022, 2023, 2024):
        make_post(title=f"May {year}", published_at=at(year, 5))

    assert sorted(titles(opened(client, q=f"May {years}"))) == sorted(found)


def test_an_excluded_word_a_phrase_and_a_tag_work_together(client):
    make_post(title="One", text="Green tea with milk.", tags=("kitchen",))
    make_post(title="Two", text="Green tea with honey.", tags=("kitchen",))
    make_post(title="Three", text="Tea that is green.", tags=("kitchen",))
    make_post(title="Four", text="Green tea.", tags=("garden",))

    assert titles(opened(client, q='"green tea" -milk tag:kitchen')) == ["Two"]


@pytest.fixture
def many(settings):
    settings.POSTS_PER_PAGE = 2
    for n in range(3):
        make_post(title=f"Tea {n}", tags=("hot",), published_at=at(2022 + n))


def test_results_have_pages_that_keep_the_filters(client, many):
    first = opened(client, q="tea", tag="hot")

    assert len(titles(first)) == 2
    assert status(first) == "3 results"
    assert "/search/?q=tea&tag=hot&page=2" in hrefs(first, "pages")
    second = opened(client, q="tea", tag="hot", page="2")
    assert len(titles(second)) == 1
    assert "/search/?q=tea&tag=hot" in hrefs(second, "pages")
    assert not set(titles(first)) & set(titles(second))
    assert client.get("/search/", {"q": "tea", "tag": "hot", "page": "3"}).status_code == 404


def test_years_are_offered_where_there_are_several_pages(client, many):
    page = opened(client, q="tea")

    assert hrefs(page, "years") == [f"/search/?q=tea&year={year}" for year in (2024, 2023, 2022)]
    assert hrefs(opened(client, q="tea", year="2023"), "years") == []


def test_the_fragment_has_the_same_results_without_the_page(client, many):
    answer = client.get("/search/results/", {"q": "tea"})

    fragment = lxml.html.fromstring(answer.content.decode())
    assert "<html" not in answer.content.decode()
    assert titles(fragment) == titles(opened(client, q="tea"))
    assert client.get("/search/results/", {"q": "tea", "page": "9"}).status_code == 404


@pytest.mark.parametrize("fields", [{"visibility": "unlisted"}, {"visibility": "private"}, {"status": "draft"}])
def test_what_lists_do_not_show_is_not_found_even_by_its_author(desk, client, fields):
    make_post(title="Secret tea", **fields)
    make_page(title="Tea page")

    assert titles(opened(desk, q="tea")) == []
    assert desk.get(API, {"q": "tea"}).json()["count"] == 0


def test_a_post_that_was_unpublished_is_found_no_more(desk):
    post = make_post(title="Tea")
    assert titles(opened(desk, q="tea")) == ["Tea"]

    answer = desk.patch(f"/api/posts/{post.slug}/", {"status": "draft"}, content_type="application/json")

    assert answer.status_code == 200
    assert titles(opened(desk, q="tea")) == []


def test_a_deleted_tag_finds_nothing_more(desk):
    make_post(title="A walk", tags=("hike",))
    assert titles(opened(desk, q="hike")) == ["A walk"]

    assert desk.delete("/api/tags/hike/").status_code == 204

    assert titles(opened(desk, q="hike")) == []
    assert titles(opened(desk, q="tag:hike")) == []
    assert titles(opened(desk, q="walk")) == ["A walk"]


def test_the_api_says_terms_number_and_passages(client):
    make_post(title="Tea", text="Green tea, slowly.")
    make_activity(text="More tea.")

    found = client.get(API, {"q": "tea", "limit": "1", "fields": "title"}).json()

    assert found["terms"] == ["tea"]
    assert found["count"] == 2
    assert (found["similar"], found["complete"]) == (False, True)
    assert found["results"] == [{"title": "Tea"}]
    assert found["passages"] == ["Green <mark>tea</mark>, slowly."]


@pytest.mark.parametrize("asked", [{}, {"q": ""}, {"q": "-"}, {"q": " "}])
def test_the_api_finds_nothing_where_nothing_is_asked(client, asked):
    make_post(title="Tea")

    found = client.get(API, asked).json()

    assert (found["count"], found["results"], found["passages"]) == (0, [], [])


@pytest.mark.parametrize(("limit", "n"), [("0", 1), ("x", 3), ("-1", 3), ("2", 2), ("99999", 3), ("²", 3)])
def test_an_odd_limit_is_no_error(client, limit, n):
    for number in range(3):
        make_post(title=f"Tea {number}")

    answer = client.get(API, {"q": "tea", "limit": limit})

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == n


def test_near_misses_are_said_to_be_similar(client):
    make_post(title="Green tea", text="In the garden.")

    found = client.get(API, {"q": "green coffee"}).json()
    page = opened(client, q="green coffee")

    assert found["similar"] is True
    assert titles(page) == ["Green tea"]
    assert status(page) == "No exact matches. These are similar. 1 result"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_search_only_reads(client, desk, method):
    answer = getattr(desk, method)(API, {}, content_type="application/json")

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_head_is_answered_like_get_without_a_body(client):
    make_post(title="Tea")

    for path in ("/search/?q=tea", "/search/results/?q=tea", "/api/search/?q=tea"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b""), path


def test_the_passage_of_an_activity_is_its_text(client):
    make_activity(text="A heron stood <by> the river & waited.")

    page = opened(client, q="heron")

    [text] = page.find_class("card-text")
    assert text.text_content() == "A heron stood <by> the river & waited."
    assert [mark.text for mark in text.iter("mark")] == ["heron"]


def test_a_contributor_finds_no_draft_of_others_by_the_public_search(client):
    make_post(title="Draft tea", status="draft")
    client.force_login(people.cid())

    assert client.get(API, {"q": "tea"}).json()["count"] == 0
