"""Writing posts by programs: make, change, take away; two devices; a lost answer."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from blog.models import Post, Tag
from tests import people
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(people.ann())
    return client


def send(client, method: str, address: str, said: dict, **headers):
    return client.generic(method, address, json.dumps(said), "application/json", headers=headers)


def post(client, said: dict, **headers):
    return send(client, "POST", "/api/posts/", said, **headers)


def test_a_post_is_written_with_its_tags_and_topic(desk):
    answer = post(
        desk, {"title": "一壶茶", "text": "*Hot*.", "tags": ["茶", "tea"], "topic": "Drinks", "status": "published"}
    )

    assert answer.status_code == 201
    said = answer.json()
    assert answer["Location"].endswith("/api/posts/%E4%B8%80%E5%A3%B6%E8%8C%B6/")
    assert said["slug"] == "一壶茶"
    assert said["status"] == "published"
    assert said["text"] == "*Hot*."
    assert {tag["name"] for tag in said["tags"]} == {"茶", "tea"}
    assert said["topic"]["name"] == "Drinks"
    assert "<em>Hot</em>" in desk.get("/post/一壶茶/").content.decode()


@pytest.mark.parametrize("kind", ["posts", "pages"])
def test_a_title_of_invisible_characters_is_none(desk, kind):
    answer = send(desk, "POST", f"/api/{kind}/", {"title": "\u200b\u00ad", "text": "Hot."})

    assert answer.status_code == 400
    assert "cannot be blank" in str(answer.json())
    form = desk.post(f"/admin/blog/{kind[:-1]}/add/", {"title": "\u200b", "text": "Hot."})
    assert "cannot be blank" in form.content.decode()


def test_its_writer_is_shown_at_once(desk):
    assert post(desk, {"title": "Tea"}).json()["author"] == desk.get("/api/posts/tea/").json()["author"]


def test_what_is_not_said_is_a_draft_of_ones_own(desk):
    said = post(desk, {"title": "Tea"}).json()

    assert said["status"] == "draft"
    assert Post.objects.get().author == people.ann()
    assert Client().get("/api/posts/tea/").status_code == 404


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ({"title": "从终端来的文章", "text": "你好"}, "zh-hans"),
        ({"title": "A walk along the river", "text": "We went."}, "en"),
        ({"title": "代码示例一则", "text": "```python\nfor each in many_words: print(each)\n```"}, "zh-hans"),
        ({"title": "从终端来的文章", "language": "en"}, "en"),
    ],
)
def test_its_language_is_the_one_it_is_written_in(desk, said, language):
    assert post(desk, said).json()["language"] == language


def test_a_time_to_come_schedules(desk):
    said = post(desk, {"title": "Tea", "status": "published", "published_at": "2099-01-01T00:00:00Z"}).json()

    assert said["status"] == "scheduled"
    assert [each["title"] for each in desk.get("/api/posts/?status=scheduled").json()["results"]] == ["Tea"]


def test_scheduled_without_a_time_is_refused_and_not_published_at_once(desk):
    answer = post(desk, {"title": "Tea", "status": "scheduled"})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"published_at": ["Enter the time of publication."]}

    slug = post(desk, {"title": "Coffee", "status": "draft"}).json()["slug"]
    assert send(desk, "patch", f"/api/posts/{slug}/", {"status": "scheduled"}).status_code == 400
    assert [(each.title, each.status) for each in Post.objects.all()] == [("Coffee", "draft")]


def test_known_tags_are_found_by_slug_and_name(desk):
    tag = Tag.objects.create(name="Green tea")

    post(desk, {"title": "Tea", "tags": ["green-tea", "Green tea"]})

    assert list(Post.objects.get().tags.all()) == [tag]
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "Tea", "slug": "a/b"}, "slug"),
        ({"title": "Tea", "status": "gone"}, "status"),
        ({"title": "Tea", "published_at": "yesterday"}, "published_at"),
        ({"title": "Tea", "tags": "tea"}, "tags"),
        ({"title": "Tea", "tags": [["tea"]]}, "tags"),
        ({"title": "Tea", "topic_order": -1}, "topic_order"),
        ({"title": "Tea", "cover_link": "javascript:alert(1)"}, "cover_link"),
        ({"title": "\x00"}, "title"),
    ],
)
def test_what_cannot_be_is_said_for_its_field(desk, said, field):
    answer = post(desk, said)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"
    assert field in answer.json()["error"]["fields"]
    assert not Post.objects.exists()


@pytest.mark.parametrize("body", ["", "null", "[]", '"text"', "{", '{"title": NaN}', "\xff"])
def test_what_is_no_object_is_the_callers_mistake(desk, body):
    answer = desk.generic("POST", "/api/posts/", body, "application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"invalid", "parse_error"}


def test_other_kinds_of_bodies_are_not_taken(desk):
    answer = desk.post("/api/posts/", {"title": "Tea"})

    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "unsupported_media_type"


def test_a_slug_is_given_once(desk):
    post(desk, {"title": "Tea"})

    answer = post(desk, {"title": "Other", "slug": "tea"})

    assert answer.status_code == 400
    assert "slug" in answer.json()["error"]["fields"]


def test_a_change_leaves_what_it_does_not_name(desk):
    make_post(title="Tea", tags=("tea",), summary="Short")

    said = send(desk, "PATCH", "/api/posts/tea/", {"text": "New."}).json()

    assert (said["text"], said["summary"], said["tags"][0]["name"]) == ("New.", "Short", "tea")


def test_another_version_replaces_all(desk):
    make_post(title="Tea", tags=("tea",), summary="Short")

    said = send(desk, "PUT", "/api/posts/tea/", {"title": "Tee", "status": "published"}).json()

    assert (said["title"], said["text"], said["summary"], said["tags"]) == ("Tee", "", "", [])


def test_it_is_taken_away_with_its_discussion(desk):
    make_comment(make_post(title="Tea"))

    assert desk.delete("/api/posts/tea/").status_code == 204
    assert desk.get("/api/posts/tea/").status_code == 404


def test_two_devices_do_not_overwrite_each_other(desk):
    make_post(title="Tea", text="One.")
    tag = desk.get("/api/posts/tea/")["ETag"]
    first = send(desk, "PATCH", "/api/posts/tea/", {"text": "Two."}, if_match=tag)

    second = send(desk, "PATCH", "/api/posts/tea/", {"text": "Three."}, if_match=tag)

    assert first.status_code == 200
    assert second.status_code == 409
    error = second.json()["error"]
    assert error["code"] == "conflict"
    assert (error["current"]["text"], error["yours"]["text"]) == ("Two.", "Three.")
    assert Post.objects.get().text == "Two."
    third = send(desk, "PATCH", "/api/posts/tea/", {"text": "Three."}, if_match=second["ETag"])
    assert third.json()["text"] == "Three."


def test_neither_does_one_take_away_what_another_changed(desk):
    make_post(title="Tea")
    tag = desk.get("/api/posts/tea/")["ETag"]
    send(desk, "PATCH", "/api/posts/tea/", {"tags": ["green"]})

    assert desk.delete("/api/posts/tea/", headers={"if-match": tag}).status_code == 409


def test_comments_that_came_in_are_no_conflict(desk):
    written = make_post(title="Tea")
    tag = desk.get("/api/posts/tea/")["ETag"]
    send(Client(), "POST", "/api/posts/tea/comments/", {"text": "Hm.", "name": "Bob"})

    assert desk.get("/api/posts/tea/")["ETag"] != tag
    assert send(desk, "PATCH", "/api/posts/tea/", {"text": "Two."}, if_match=tag).status_code == 200
    assert written.comments.count() == 1


def test_what_is_known_is_not_sent_again(client):
    make_post(title="Tea")
    for address in ("/api/posts/", "/api/posts/tea/", "/api/tags/"):
        tag = client.get(address)["ETag"]

        again = client.get(address, headers={"if-none-match": f'"other", W/{tag}'})

        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_asked_again_with_its_key_it_is_not_made_twice(desk):
    first = post(desk, {"title": "Tea"}, idempotency_key="one")
    second = post(desk, {"title": "Tea"}, idempotency_key="one")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert second["Location"] == first["Location"]
    assert Post.objects.count() == 1


def test_a_key_is_for_one_request_of_one_person(desk):
    post(desk, {"title": "Tea"}, idempotency_key="one")

    assert post(desk, {"title": "Other"}, idempotency_key="one").json()["error"]["code"] == "idempotency_key_reused"
    other = Client()
    other.force_login(people.edith())
    assert post(other, {"title": "Tea"}, idempotency_key="one").status_code == 201


def test_what_was_refused_can_be_tried_again_with_its_key(desk):
    assert post(desk, {"title": ""}, idempotency_key="one").status_code == 400
    assert post(desk, {"title": "Tea"}, idempotency_key="one").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "é"])
def test_odd_keys_are_refused(desk, key):
    answer = post(desk, {"title": "Tea"}, idempotency_key=key)

    assert answer.json()["error"]["code"] == "bad_idempotency_key"
    assert not Post.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_key_make_one(desk):
    cookies = desk.cookies

    def ask(_n: int) -> int:
        other = Client()
        other.cookies = cookies
        try:
            return post(other, {"title": "Tea"}, idempotency_key="one").json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        ids = set(pool.map(ask, range(10)))

    assert len(ids) == 1
    assert Post.objects.count() == 1


def test_guests_comments_are_not_doubled_either(client):
    make_post(title="Tea")
    said = {"text": "Hm.", "name": "Bob"}

    ids = {send(client, "POST", "/api/posts/tea/comments/", said, idempotency_key="c").json()["id"] for _ in range(2)}

    assert len(ids) == 1
