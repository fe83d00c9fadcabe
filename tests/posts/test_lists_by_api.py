"""Lists of posts as programs ask for them: pages by cursor, filters, orders, search, drafts."""

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import Post
from tests import people
from tests.factories import make_comment, make_post, make_topic

pytestmark = pytest.mark.django_db


def titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [post["title"] for post in answer.json()["results"]]


def follow(client, address: str, link: str = "next") -> list[list[str]]:
    pages = []
    while address:
        answer = client.get(address)
        pages.append(titles(answer))
        address = answer.json()[link]
    return pages


def test_one_goes_through_all_by_the_links_and_back(client):
    for i in range(5):
        make_post(title=f"Tea {i}", days_ago=i + 1)

    pages = follow(client, "/api/posts/?limit=2&fields=title")

    assert pages == [["Tea 0", "Tea 1"], ["Tea 2", "Tea 3"], ["Tea 4"]]
    second = client.get(client.get("/api/posts/?limit=2").json()["next"])
    last = second.json()["next"]
    assert 'rel="next"' in second["Link"]
    assert 'rel="prev"' in second["Link"]
    back = client.get(client.get(last).json()["previous"])
    assert titles(back) == ["Tea 2", "Tea 3"]
    assert titles(client.get(back.json()["previous"])) == ["Tea 0", "Tea 1"]
    assert client.get(back.json()["previous"]).json()["previous"] is None


@pytest.mark.parametrize("order", ["newest", "oldest", "updated", "popular"])
def test_none_is_lost_or_doubled_where_all_are_equal(client, order):
    now = timezone.now()
    for i in range(7):
        make_post(title=f"Tea {i}", published_at=now)
    Post.objects.update(updated_at=now)

    pages = follow(client, f"/api/posts/?limit=3&order={order}")

    assert sorted(title for page in pages for title in page) == [f"Tea {i}" for i in range(7)]


def test_what_comes_in_meanwhile_moves_nothing(client):
    for i in range(4):
        make_post(title=f"Tea {i}", days_ago=i + 1)
    following = client.get("/api/posts/?limit=2").json()["next"]
    make_post(title="News", days_ago=0)

    assert titles(client.get(following)) == ["Tea 2", "Tea 3"]


def test_filters(client):
    topic = make_topic("Drinks")
    make_post(
        title="Tea", tags=("green",), topic=topic, language="zh-hans", published_at=timezone.now().replace(year=2020)
    )
    make_post(title="Walk", author=people.edith())

    assert titles(client.get("/api/posts/?tag=green")) == ["Tea"]
    assert titles(client.get("/api/posts/?topic=drinks")) == ["Tea"]
    assert titles(client.get("/api/posts/?language=zh-hans")) == ["Tea"]
    assert titles(client.get("/api/posts/?year=2020")) == ["Tea"]
    assert titles(client.get("/api/posts/?author=edith")) == ["Walk"]
    assert titles(client.get("/api/posts/?tag=none")) == []


def test_orders(client):
    make_comment(make_post(title="Old", days_ago=9))
    make_post(title="New")
    Post.objects.filter(title="Old").update(n_comments=1)

    assert titles(client.get("/api/posts/?order=oldest")) == ["Old", "New"]
    assert titles(client.get("/api/posts/?order=popular")) == ["Old", "New"]


@pytest.mark.parametrize(
    "query",
    [
        *("order=x", "year=x", "year=0", "year=9999", "year=99999", "status=x", "cursor=x", "cursor=W10"),
        *("cursor=bnVsbA", "cursor=WyJuZXdlc3QiLDAsIngiLDFd", "cursor=WyJuZXdlc3QiLDAsbnVsbCwxXQ", "cursor=茶"),
        "order=oldest&cursor=WyJuZXdlc3QiLDAsIjIwMjYtMDEtMDFUMDA6MDA6MDArMDA6MDAiLDFd",
    ],
)
def test_what_cannot_be_read_is_said(client, query):
    answer = client.get(f"/api/posts/?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_parameter"
    assert query.split("=")[-2].split("&")[-1] in answer.json()["error"]["fields"]


def test_drafts_are_for_those_who_write(client):
    make_post(title="Draft", status="draft", published_at=None)
    make_post(title="Cid's", status="draft", published_at=None, author=people.cid())
    make_post(title="Tea")

    assert client.get("/api/posts/?status=draft").json()["error"]["code"] == "not_authenticated"
    for who, seen in (
        (people.ann(), {"Draft", "Cid's"}),
        (people.edith(), {"Draft", "Cid's"}),
        (people.cid(), {"Cid's"}),
    ):
        client.force_login(who)
        assert set(titles(client.get("/api/posts/?status=draft"))) == seen
    client.force_login(people.ann())
    assert set(titles(client.get("/api/posts/?status=all"))) == {"Draft", "Cid's", "Tea"}
    assert titles(client.get("/api/posts/")) == ["Tea"]
    client.force_login(people.bob())
    assert client.get("/api/posts/?status=draft").json()["error"]["code"] == "not_a_writer"


def test_the_source_is_for_those_who_may_change_it(client):
    make_post(title="Tea", text="*Hot*.")

    assert "text" not in client.get("/api/posts/tea/").json()
    client.force_login(people.cid())
    assert "text" not in client.get("/api/posts/tea/").json()
    client.force_login(people.edith())
    assert client.get("/api/posts/tea/").json()["text"] == "*Hot*."
    assert client.get("/api/posts/tea/?fields=slug,text").json() == {"slug": "tea", "text": "*Hot*."}


def test_search_finds_what_holds_every_word(client):
    make_post(title="Green tea", text="Hot water.")
    make_post(title="异步茶", text="水")

    assert titles(client.get("/api/search/?q=tea water")) == ["Green tea"]
    assert titles(client.get("/api/search/?q=茶")) == ["异步茶"]
    assert titles(client.get("/api/search/")) == []


def test_a_list_asks_as_much_for_fifty_as_for_one(client, django_assert_num_queries):
    make_post(title="Tea", tags=("green",))
    with django_assert_num_queries(3):
        client.get("/api/posts/?limit=50")
    for i in range(9):
        make_post(title=f"Tea {i}", tags=("green", f"tag{i}"), topic=make_topic(f"Topic {i}"))
    with django_assert_num_queries(4):
        client.get("/api/posts/?limit=50")


def test_whoever_reads_too_much_is_told_when_to_go_on(client, settings):
    settings.API_READ_RATE = "3/d"
    answers = [Client(REMOTE_ADDR="203.0.113.9").get("/api/posts/") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
