"""Reading posts, pages, tags and topics as JSON."""

import pytest

from tests.factories import make_page, make_post, make_topic

pytestmark = pytest.mark.django_db


def test_a_list_gives_what_is_public_and_relations_in_brief(client):
    make_post(title="茶", tags=("tea",), topic=make_topic())

    answer = client.get("/api/posts/")

    [post] = answer.json()["results"]
    assert {"id", "slug", "title", "summary", "language", "status", "published_at", "updated_at", "url"} <= post.keys()
    assert post["title"] == "茶"
    assert post["author"] == {"name": "Ann", "url": ""}
    assert [tag["name"] for tag in post["tags"]] == ["tea"]
    assert post["topic"]["name"] == "Walks"
    assert post["published_at"].endswith("Z")
    assert "ann@example.org" not in answer.content.decode()


def test_fields_ask_for_less_and_for_details(client):
    make_post(title="Tea", text="*Hot*.")

    assert client.get("/api/posts/?fields=title,html").json()["results"] == [
        {"title": "Tea", "html": "<p><em>Hot</em>.</p>"}
    ]


def test_expand_gives_a_relation_in_full(client):
    make_post(title="Tea", tags=("tea",))

    [post] = client.get("/api/posts/?expand=author,tags").json()["results"]

    assert post["author"] == {"name": "Ann", "url": "", "bio": "", "page_url": "/author/ann/"}
    assert post["tags"][0]["n_posts"] == 1


@pytest.mark.parametrize("query", ["fields=password", "expand=author.password", "fields=_state", "expand=comments"])
def test_what_is_not_shown_is_refused_with_what_is(client, query):
    make_post()

    answer = client.get(f"/api/posts/?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_field"


def test_one_post_by_its_slug(client):
    make_post(title="茶")

    assert client.get("/api/posts/茶/").json()["title"] == "茶"


def test_drafts_and_what_is_not_there_are_not_found(client):
    make_post(title="Tea", status="draft")

    for address in ("/api/posts/tea/", "/api/posts/none/", "/api/pages/none/", "/api/tags/none/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


def test_what_an_address_does_not_offer_is_said(client):
    answer = client.post("/api/posts/tea/", {}, content_type="application/json")

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}


def test_where_there_is_no_address_programs_are_told_as_programs(client):
    answer = client.get("/api/nothing/", headers={"accept-language": "zh-hans"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_an_address_tells_what_it_offers(client):
    answer = client.options("/api/posts/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_a_list_is_filtered_and_paged(client):
    for i in range(3):
        make_post(title=f"Tea {i}", tags=("tea",), days_ago=i + 1)
    make_post(title="Walk", language="zh-hans")

    first = client.get("/api/posts/?tag=tea&limit=2&fields=title").json()
    second = client.get(first["next"]).json()

    assert [post["title"] for post in first["results"] + second["results"]] == ["Tea 0", "Tea 1", "Tea 2"]
    assert second["next"] is None
    assert client.get("/api/posts/?language=zh-hans&fields=title").json()["results"] == [{"title": "Walk"}]


def test_pages_tags_and_topics(client):
    make_page(title="About")
    make_post(tags=("tea",), topic=make_topic("Walks"))

    assert client.get("/api/pages/").json()["results"][0]["title"] == "About"
    assert client.get("/api/pages/about/?fields=html").json() == {"html": "<p>Who we are.</p>"}
    assert client.get("/api/tags/").json()["results"][0]["n_posts"] == 1
    assert client.get("/api/topics/").json()["results"][0]["name"] == "Walks"
