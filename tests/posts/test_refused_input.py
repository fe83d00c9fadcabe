"""What a program sends that cannot be saved: the API says which field is wrong and what to do, in both languages."""

import json

import pytest

from blog.models import Page, Post, Tag, Topic
from tests.factories import make_page, make_post, make_topic

pytestmark = pytest.mark.django_db


def send(client, verb: str, url: str, data, **headers):
    body = data if isinstance(data, str) else json.dumps(data)
    return getattr(client, verb)(url, body, content_type="application/json", headers=headers)


def fields(answer) -> dict:
    assert answer.status_code == 400, answer.content.decode()
    return answer.json()["error"]["fields"]


POST = [
    ({}, "title", "This field is required."),
    ({"title": None}, "title", "This field may not be null."),
    ({"title": " "}, "title", "This field may not be blank."),
    ({"title": "\u200b\u200b"}, "title", "This field cannot be blank."),
    ({"title": "茶" * 201}, "title", "Ensure this field has no more than 200 characters."),
    ({"slug": "a/b"}, "slug", "Use letters, numbers, underscores and hyphens only."),
    ({"slug": "old"}, "slug", "Post with this Slug already exists."),
    ({"status": "live"}, "status", '"live" is not a valid choice.'),
    ({"visibility": "password"}, "password", "Enter the password that readers will need."),
    ({"visibility": "password", "password": "  "}, "password", "Enter the password that readers will need."),
    ({"published_at": "0001-01-01T00:00:00Z"}, "published_at", "Enter a year between 1001 and 9998."),
    ({"published_at": "9999-12-31T00:00:00Z"}, "published_at", "Enter a year between 1001 and 9998."),
    ({"tags": "tea"}, "tags", 'Expected a list of items but got type "str".'),
    ({"tags": ["tea"] * 51}, "tags", "Ensure this field has no more than 50 elements."),
    ({"tags": ["\u200b"]}, "tags", "Enter a name."),
    ({"topic": "x" * 110}, "topic", "Ensure this value has at most 100 characters (it has 110)."),
    ({"topic_order": -1}, "topic_order", "Ensure this value is greater than or equal to 0."),
    ({"cover_link": "javascript:alert(1)"}, "cover_link", "Enter a valid URL."),
    ({"canonical_url": "/here/"}, "canonical_url", "Enter a valid URL."),
    ({"translation_of": "none"}, "translation_of", "There is no post with this slug."),
    (
        {"translation_of": "old", "language": "en"},
        "translation_of",
        "That post is in the same language, or has a translation into it already.",
    ),
    (
        {"shares_comments": True},
        "shares_comments",
        "Choose the post that this one is a translation of. Only a translation can share comments.",
    ),
    (
        {"translation_of": "old", "language": "zh-hans", "shares_comments": True, "visibility": "unlisted"},
        "shares_comments",
        "Only a public post can share comments, because the original's page shows them to everyone.",
    ),
    (
        {"translation_of": "old", "language": "zh-hans", "shares_comments": True, "live": "live"},
        "shares_comments",
        "A live post has a discussion of its own.",
    ),
]


def test_each_field_of_a_post_says_what_is_wrong_with_it(desk):
    make_post(title="Old", slug="old", language="en")

    for data, field, words in POST:
        title = {"title": "New"} if data and "title" not in data else {}
        assert fields(send(desk, "post", "/api/posts/", {**title, **data})) == {field: [words]}, data
    assert Post.objects.count() == 1


def test_a_name_among_several_is_told_by_its_place(desk):
    said = fields(send(desk, "post", "/api/posts/", {"title": "New", "tags": ["tea", "x" * 101, None]}))

    assert said == {
        "tags": {
            "1": ["Ensure this field has no more than 100 characters."],
            "2": ["This field may not be null."],
        }
    }
    assert not Tag.objects.exists()


def test_nothing_of_a_refused_post_is_kept(desk):
    make_post(title="Old", slug="old")

    assert send(desk, "post", "/api/posts/", {"title": "New", "slug": "old", "tags": ["new"]}).status_code == 400
    assert (
        send(desk, "post", "/api/posts/", {"title": "New", "topic": "new", "tags": ["ok", "\u200b"]}).status_code == 400
    )

    assert not Tag.objects.exists()
    assert not Topic.objects.exists()
    assert [post.slug for post in Post.objects.all()] == ["old"]


def test_the_words_are_in_the_language_that_is_asked_for(desk):
    wanted = [
        ({}, "title", "该字段是必填项。"),
        ({"title": "\u200b"}, "title", "此字段不能为空。"),
        ({"title": "New", "visibility": "password"}, "password", "请输入读者需要的密码。"),
        ({"title": "New", "translation_of": "none"}, "translation_of", "没有使用此别名的文章。"),
    ]

    for data, field, words in wanted:
        answer = send(desk, "post", "/api/posts/", data, **{"Accept-Language": "zh-hans"})
        assert fields(answer) == {field: [words]}
        assert answer.json()["error"]["message"] == "有些内容需要修改。"


@pytest.mark.parametrize("body", ["", "[", "null", "[]", '"text"', "1", '{"title": NaN}', "[" * 50_000, "\ud800"])
def test_a_body_that_is_no_object_is_refused(desk, body):
    data = body.encode("utf-8", "surrogatepass")

    answer = desk.post("/api/posts/", data, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert not Post.objects.exists()


def test_another_kind_of_body_is_named(desk):
    answer = desk.post("/api/posts/", {"title": "New"})

    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "unsupported_media_type"
    assert "multipart/form-data" in answer.json()["error"]["message"]


def test_a_change_is_checked_like_a_new_post(desk):
    make_post(title="Old", slug="old")
    make_post(title="Other", slug="other")
    wanted = [
        ({"title": ""}, "title", "This field may not be blank."),
        ({"text": None}, "text", "This field may not be null."),
        ({"slug": "other"}, "slug", "Post with this Slug already exists."),
        ({"visibility": "password"}, "password", "Enter the password that readers will need."),
        ({"translation_of": "old"}, "translation_of", "A post cannot be a translation of itself."),
    ]

    for data, field, words in wanted:
        assert fields(send(desk, "patch", "/api/posts/old/", data)) == {field: [words]}, data
    assert fields(send(desk, "put", "/api/posts/old/", {"text": "New."})) == {"title": ["This field is required."]}
    assert Post.objects.get(slug="old").text == "We walked along the river."


def test_an_empty_change_changes_nothing(desk):
    post = make_post(title="Old", slug="old", tags=("tea",))
    before = desk.get("/api/posts/old/")

    answer = send(desk, "patch", "/api/posts/old/", {})

    assert answer.status_code == 200
    assert answer["ETag"] == before["ETag"]
    assert answer.json()["updated_at"] == before.json()["updated_at"]
    assert not post.revisions.exists()


def test_the_password_of_a_post_is_shown_to_those_who_may_change_it_only(desk, client, bob):
    data = {"title": "Secret", "status": "published", "visibility": "password", "password": "  开门 "}
    made = send(desk, "post", "/api/posts/", data)

    assert made.json()["password"] == "开门"
    client.force_login(bob)
    assert client.get("/api/posts/secret/").status_code == 404


@pytest.mark.parametrize("kind", ["tags", "topics"])
def test_names_of_tags_and_topics(desk, kind):
    url = f"/api/{kind}/"
    assert send(desk, "post", url, {"name": "Tea"}).status_code == 201
    wanted = [
        ({}, "name", "This field is required."),
        ({"name": "\u200b"}, "name", "Enter a name."),
        ({"name": "ＴＥＡ"}, "name", "“Tea” is there already, and this is another spelling of it."),
        ({"name": "x" * 101}, "name", "Ensure this field has no more than 100 characters."),
        ({"name": "Coffee", "slug": "a b"}, "slug", "Use letters, numbers, underscores and hyphens only."),
    ]

    for data, field, words in wanted:
        assert fields(send(desk, "post", url, data)) == {field: [words]}, data
    taken = send(desk, "post", url, {"name": "Coffee", "slug": "tea"})
    assert fields(taken) == {"slug": [f"{kind.removesuffix('s').capitalize()} with this Slug already exists."]}
    assert send(desk, "patch", f"{url}tea/", {"name": "TEA"}).json()["name"] == "TEA"


def test_pages(desk):
    make_page(title="About", slug="about")
    wanted = [
        ({}, "title", "This field is required."),
        ({"title": "\u2060"}, "title", "This field cannot be blank."),
        ({"title": "New", "slug": "about"}, "slug", "Page with this Slug already exists."),
        ({"title": "New", "menu_order": 2**31}, "menu_order", "Ensure this value is less than or equal to 2147483647."),
        ({"title": "New", "language": "xx"}, "language", '"xx" is not a valid choice.'),
        ({"title": "New", "is_published": "perhaps"}, "is_published", "Must be a valid boolean."),
    ]

    for data, field, words in wanted:
        assert fields(send(desk, "post", "/api/pages/", data)) == {field: [words]}, data
    assert Page.objects.count() == 1


def test_a_list_refuses_what_it_does_not_know_and_says_what_it_knows(desk):
    make_post(topic=make_topic())
    wanted = {
        "status=secret": "“status” is one of: draft, pending, scheduled, published, all.",
        "order=best": "“order” is one of: newest, oldest, updated, popular.",
        "status=draft&order=newest": "“order” is one of: updated, popular.",
        "year=0": "A year is a number such as 2026.",
        "year=99999": "A year is a number such as 2026.",
        "year=茶": "A year is a number such as 2026.",
        "cursor=x": "This cursor is invalid. Start again without it.",
    }

    for query, words in wanted.items():
        answer = desk.get(f"/api/posts/?{query}")
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, words), query


def test_filters_that_match_nothing_give_an_empty_list(desk):
    make_post(tags=("tea",))

    for query in ("tag=none", "tag=%00", "topic=none", "author=nobody", "author=ANN", "year=1999", "tag=tea&year=1999"):
        answer = desk.get(f"/api/posts/?{query}")
        assert answer.status_code == 200, query
        assert answer.json() == {"next": None, "previous": None, "results": []}, query
