"""Lists page by page: ends, limits, and cursors that no list of ours has given."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.tokens.services import create_personal_token, sign_in
from blog.models import Post, Tag
from tests import people
from tests.factories import make_activity, make_post

pytestmark = pytest.mark.django_db


def cursor(*parts) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def titles(answer) -> list[str]:
    return [post["title"] for post in answer.json()["results"]]


def many_posts(n: int) -> None:
    """Post 0 is the oldest."""
    first = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [{"title": f"Post {k}", "slug": f"post-{k}", "published_at": first + timedelta(hours=k)} for k in range(n)]
    Post.objects.bulk_create(Post(author=people.ann(), text="x", status="published", **row) for row in rows)


@pytest.fixture
def five_posts():
    return [make_post(title=f"Walk {n}", days_ago=n) for n in range(1, 6)]


def test_an_empty_list_is_a_page_without_links(client):
    for path in ("/api/posts/", "/api/activities/"):
        answer = client.get(path)

        assert answer.json() == {"next": None, "previous": None, "results": []}
        assert "Link" not in answer.headers


def test_a_list_that_fits_on_one_page_has_no_next(client, five_posts):
    answer = client.get("/api/posts/?limit=5")

    assert titles(answer) == ["Walk 1", "Walk 2", "Walk 3", "Walk 4", "Walk 5"]
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)


def test_the_last_page_has_only_a_previous_one_and_the_first_only_a_next_one(client, five_posts):
    first = client.get("/api/posts/?limit=3")
    last = client.get(first.json()["next"])

    assert first.json()["previous"] is None
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert titles(last) == ["Walk 4", "Walk 5"]
    assert last.json()["next"] is None
    assert last["Link"] == f'<{last.json()["previous"]}>; rel="prev"'


def test_a_page_in_the_middle_has_both_links(client, five_posts):
    middle = client.get(client.get("/api/posts/?limit=2").json()["next"])

    assert titles(middle) == ["Walk 3", "Walk 4"]
    assert middle["Link"] == f'<{middle.json()["next"]}>; rel="next", <{middle.json()["previous"]}>; rel="prev"'
    assert titles(client.get(middle.json()["previous"])) == ["Walk 1", "Walk 2"]


def test_going_back_to_the_start_ends_there(client, five_posts):
    second = client.get(client.get("/api/posts/?limit=2").json()["next"])
    first = client.get(second.json()["previous"])

    assert first.json()["previous"] is None
    assert titles(client.get(first.json()["next"])) == ["Walk 3", "Walk 4"]


def test_links_keep_the_other_parameters_and_the_host(client, five_posts):
    for post in five_posts:
        post.tags.set([Tag.objects.get_or_make("茶")])

    url = client.get("/api/posts/", {"tag": "茶", "limit": "1", "fields": "title", "order": "oldest"}).json()["next"]

    assert url.startswith("http://testserver/api/posts/?")
    query = parse_qs(urlsplit(url).query)
    assert (query["tag"], query["limit"], query["fields"], query["order"]) == (["茶"], ["1"], ["title"], ["oldest"])
    assert client.get(url).json()["results"] == [{"title": "Walk 4"}]


@pytest.mark.parametrize(
    ("limit", "n"),
    [("1", 1), ("0", 1), ("3", 3), ("", 20), ("x", 20), ("-1", 20), ("2.5", 20), ("٣", 20), ("9" * 30, 20)],
)
def test_a_limit_that_is_no_number_is_the_usual_one_and_at_least_one(client, limit, n):
    many_posts(22)

    assert len(client.get("/api/posts/", {"limit": limit, "fields": "title"}).json()["results"]) == n


def test_a_page_has_a_hundred_at_most(client):
    many_posts(101)

    answer = client.get("/api/posts/?limit=1000&fields=title")

    assert len(answer.json()["results"]) == 100
    assert titles(client.get(answer.json()["next"])) == ["Post 0"]


@pytest.mark.parametrize(
    "when",
    [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "0999-12-31T00:00:00+00:00",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00+00:00",
        "",
        "茶",
    ],
)
@pytest.mark.parametrize("path", ["/api/posts/", "/api/activities/"])
def test_a_cursor_of_a_time_that_no_list_has_is_refused(client, path, when):
    answer = client.get(path, {"cursor": cursor("newest", 0, when, 1)})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_parameter"
    assert answer.json()["error"]["fields"] == {"cursor": ["This cursor is invalid. Start again without it."]}


@pytest.mark.parametrize(
    "parts",
    [
        ("newest", 2, "2026-01-01T00:00:00+00:00", 1),
        ("newest", 0, "2026-01-01T00:00:00+00:00", "1"),
        ("newest", 0, "2026-01-01T00:00:00+00:00", 2**63),
        ("newest", 0, 2**64, 1),
        ("newest", 0, ["2026"], 1),
        ("newest", 0, "2026-01-01T00:00:00+00:00"),
        ("newest", 0, "2026-01-01T00:00:00+00:00", 1, 1),
        (1, 0, "2026-01-01T00:00:00+00:00", 1),
        ("oldest", 0, "2026-01-01T00:00:00+00:00", 1),
    ],
)
def test_a_cursor_in_another_shape_is_refused(client, parts):
    assert client.get("/api/posts/", {"cursor": cursor(*parts)}).status_code == 400


def test_the_refusal_of_a_cursor_is_in_chinese(client):
    answer = client.get("/api/posts/?cursor=x", headers={"Accept-Language": "zh-CN"})

    assert answer.json()["error"]["fields"] == {"cursor": ["这个游标无效。请去掉它，从头开始。"]}


def test_a_row_that_was_deleted_meanwhile_is_still_a_place_in_the_list(client, five_posts):
    url = client.get("/api/posts/?limit=2").json()["next"]
    five_posts[1].delete()

    assert titles(client.get(url)) == ["Walk 3", "Walk 4"]


def test_after_the_last_rows_were_deleted_the_next_page_is_empty_and_has_no_links(client, five_posts):
    url = client.get("/api/posts/?limit=4").json()["next"]
    five_posts[4].delete()

    assert client.get(url).json() == {"next": None, "previous": None, "results": []}


def test_a_post_that_is_unpublished_meanwhile_is_not_on_the_next_page(client, five_posts):
    url = client.get("/api/posts/?limit=2").json()["next"]
    Post.objects.filter(pk=five_posts[2].pk).update(status="draft")

    assert titles(client.get(url)) == ["Walk 4", "Walk 5"]


def test_tokens_and_devices_are_listed_newest_first_page_by_page(client, bob):
    for n in range(3):
        create_personal_token(bob, f"script {n}", ["read"])
        sign_in(bob, name=f"phone {n}")
    client.force_login(bob)

    for path, names in (
        ("/api/me/tokens/?limit=2", ["script 2", "script 1", "script 0"]),
        ("/api/me/devices/?limit=2", ["phone 2", "phone 1", "phone 0"]),
    ):
        first = client.get(path).json()
        second = client.get(first["next"]).json()

        assert [row["name"] for row in first["results"] + second["results"]] == names
        assert second["next"] is None


def test_head_has_the_headers_of_get_and_no_body(client):
    make_activity()
    make_activity(text="A second one.")

    asked, head = client.get("/api/activities/?limit=1"), client.head("/api/activities/?limit=1")

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Link", "Content-Type", "Cache-Control"):
        assert head[name] == asked[name]
