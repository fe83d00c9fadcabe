"""How the API speaks HTTP: methods, kinds and sizes of bodies, conditional requests, caching, languages."""

import json

import pytest
from django.test import Client

from accounts.tokens.services import create_personal_token, sign_in
from blog.models import Post
from tests import people
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db

LISTS = ["/api/posts/", "/api/pages/", "/api/tags/", "/api/topics/", "/api/activities/", "/api/most-read/"]


def code_of(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/json"
    return answer.status_code, answer.json()["error"]["code"]


# Methods


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/posts/", "GET, POST, HEAD, OPTIONS"),
        ("/api/posts/a-walk/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("/api/posts/a-walk/reactions/", "PUT, DELETE, OPTIONS"),
        ("/api/posts/a-walk/events/", "GET, HEAD, OPTIONS"),
        ("/api/search/", "GET, HEAD, OPTIONS"),
        ("/api/token/", "POST, OPTIONS"),
        ("/api/me/tokens/", "GET, POST, HEAD, OPTIONS"),
        ("/api/me/tokens/1/", "DELETE, OPTIONS"),
        ("/api/uploads/", "GET, POST, HEAD, OPTIONS"),
        ("/api/schema/", "GET, HEAD, OPTIONS"),
    ],
)
def test_each_path_says_which_methods_it_takes(desk, path, allowed):
    make_post()

    options = desk.options(path)
    assert (options.status_code, options.content) == (204, b"")
    assert set(options["Allow"].split(", ")) == set(allowed.split(", "))

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "MOVE"):
        if method not in allowed:
            answer = desk.generic(method, path)
            assert code_of(answer) == (405, "method_not_allowed")
            assert answer["Allow"] == options["Allow"]


@pytest.mark.parametrize("path", [*LISTS, "/api/posts/a-walk/", "/api/me/", "/api/search/?q=river"])
def test_head_is_get_without_the_body(client, path):
    make_post()

    head, get = client.head(path), client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == get["Content-Type"] == "application/json"


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'title': 'Tea'}",
        b'{"title": NaN}',
        b'{"title": "\xff"}',
        b"[" * 100_000,
        '{"title": "茶"}'.encode("utf-16"),
    ],
    ids=["cut", "quotes", "NaN", "Latin-1", "deep", "UTF-16"],
)
def test_a_body_that_is_no_json_is_the_callers_mistake(desk, body):
    answer = desk.generic("POST", "/api/posts/", body, "application/json")

    assert code_of(answer) == (400, "parse_error")
    assert answer.json()["error"]["message"] == "This is not JSON."
    assert not Post.objects.exists()


def test_an_empty_body_lacks_what_is_required(desk):
    answer = desk.generic("POST", "/api/posts/", b"", "application/json")

    assert code_of(answer) == (400, "invalid")
    assert answer.json()["error"]["fields"] == {"title": ["This field is required."]}


@pytest.mark.parametrize("body", ["[]", "null", "7", '"Tea"', "true", "[{}]"])
def test_json_that_is_no_object_is_refused(desk, body):
    for method, path in (("POST", "/api/posts/"), ("POST", "/api/tags/"), ("PATCH", "/api/posts/a-walk/")):
        make_post() if method == "PATCH" else None
        assert code_of(desk.generic(method, path, body, "application/json"))[0] == 400


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "application/xml", "x"],
)
def test_another_kind_of_body_is_not_read(desk, kind):
    answer = desk.generic("POST", "/api/posts/", b"title=Tea", kind)

    assert code_of(answer) == (415, "unsupported_media_type")
    assert not Post.objects.exists()


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_may_name_its_charset(desk, kind):
    answer = desk.generic("POST", "/api/posts/", '{"title": "茶"}'.encode(), kind)

    assert (answer.status_code, answer.json()["title"]) == (201, "茶")


def test_a_body_is_no_larger_than_the_documents_say(desk):
    make_post()
    comment = json.dumps({"text": "x" * 256 * 1024, "name": "Eve"})
    post = json.dumps({"title": "Tea", "text": "x" * 4 * 1024 * 1024})

    refused = desk.generic("POST", "/api/posts/a-walk/comments/", comment, "application/json")
    assert code_of(refused) == (413, "too_large")
    assert refused.json()["error"]["message"] == "The request is too large."
    assert code_of(desk.generic("POST", "/api/posts/", post, "application/json")) == (413, "too_large")


# Conditional requests


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/api/posts/", lambda: Post.objects.update(title="A ride")),
        ("/api/posts/a-walk/", lambda: Post.objects.update(title="A ride")),
        ("/api/activities/", lambda: make_activity(text="Another heron.")),
        ("/api/tags/", lambda: make_post(title="Other", tags=("tea",))),
        ("/api/pages/", make_page),
        ("/api/topics/", lambda: make_post(title="Other", topic=make_topic())),
        ("/api/posts/a-walk/comments/", lambda: make_comment(Post.objects.get(slug="a-walk"))),
    ],
)
def test_what_is_known_is_sent_again_only_when_it_has_changed(client, path, change):
    make_post()
    etag = client.get(path)["ETag"]

    known = client.get(path, headers={"If-None-Match": etag})
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in known

    change()
    changed = client.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag


@pytest.mark.parametrize(
    ("names", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"x", {etag}', 304),
        ("*", 304),
        ('"x"', 200),
        ("x", 200),
        ("", 200),
        ('"', 200),
        ("茶", 200),
    ],
)
def test_a_list_of_etags_is_read_as_http_says(client, names, status):
    etag = client.get("/api/tags/")["ETag"]
    headers = {"If-None-Match": names.format(etag=etag).encode().decode("latin-1")}

    assert client.get("/api/tags/", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("names", "status"),
    [("{etag}", 200), ("W/{etag}", 200), ("*", 200), ('"x", {etag}', 200), ('"v0000000000000000-x"', 409), ("x", 409)],
)
def test_a_change_may_name_the_version_that_it_changes(desk, names, status):
    make_post()
    etag = desk.get("/api/posts/a-walk/")["ETag"]
    headers = {"If-Match": names.format(etag=etag)}

    answer = desk.patch("/api/posts/a-walk/", {"title": "A ride"}, "application/json", headers=headers)

    assert answer.status_code == status
    if status == 409:
        error = answer.json()["error"]
        assert (error["code"], error["yours"]) == ("conflict", {"title": "A ride"})
        assert error["etag"].partition("-")[0] == etag.partition("-")[0]
        assert error["current"]["title"] == "A walk"
        assert answer["ETag"] == error["etag"]


def test_a_deletion_may_name_it_too_and_shows_what_was_changed(desk):
    make_post()
    etag = desk.get("/api/posts/a-walk/")["ETag"]
    desk.patch("/api/posts/a-walk/", {"title": "A ride"}, "application/json")

    answer = desk.delete("/api/posts/a-walk/", headers={"If-Match": etag})

    error = answer.json()["error"]
    assert (answer.status_code, error["yours"], error["current"]["title"]) == (409, {}, "A ride")
    assert desk.delete("/api/posts/a-walk/", headers={"If-Match": error["etag"]}).status_code == 204


def test_comments_that_came_meanwhile_are_no_conflict(desk):
    make_post()
    etag = desk.get("/api/posts/a-walk/")["ETag"]
    desk.post("/api/posts/a-walk/comments/", {"text": "Lovely."}, "application/json")

    assert desk.get("/api/posts/a-walk/")["ETag"] != etag
    answer = desk.patch("/api/posts/a-walk/", {"title": "A ride"}, "application/json", headers={"If-Match": etag})
    assert answer.status_code == 200


# Caching


@pytest.mark.parametrize("path", LISTS)
def test_what_everybody_may_read_is_asked_for_again_and_what_is_personal_is_kept_by_nobody(client, bob, path):
    assert client.get(path)["Cache-Control"] == "no-cache"
    _token, secret = create_personal_token(bob, "script", ["read"])

    by_token = client.get(path, headers={"Authorization": f"Bearer {secret}"})
    client.force_login(bob)

    assert by_token["Cache-Control"] == client.get(path)["Cache-Control"] == "private, no-store"
    for name in ("Accept-Language", "Authorization", "Cookie"):
        assert name in by_token["Vary"]


@pytest.mark.parametrize("status", [400, 401, 404, 405])
def test_an_error_is_kept_by_nobody(client, status):
    answer = {
        400: lambda: client.get("/api/posts/?year=x"),
        401: lambda: client.post("/api/posts/", {"title": "Tea"}, "application/json"),
        404: lambda: client.get("/api/posts/nothing/"),
        405: lambda: client.put("/api/posts/", {}, "application/json"),
    }[status]()

    assert answer.status_code == status
    assert answer["Cache-Control"] in {"no-cache", "private, no-store"}
    assert "ETag" not in answer


# Who is asking


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("Bearer", 401, "token_invalid"),
        ("Bearer ", 401, "token_invalid"),
        ("Bearer x y", 401, "token_invalid"),
        ("Bearer frodo_x", 401, "token_invalid"),
        ("Bearer \xe9", 401, "token_invalid"),
        ("bearer x", 401, "token_invalid"),
        ("Bearer " + "x" * 8000, 401, "token_invalid"),
    ],
)
def test_a_header_that_names_nobody_is_refused_even_for_what_everybody_may_read(client, header, status, code):
    answer = client.get("/api/tags/", headers={"Authorization": header})

    assert code_of(answer) == (status, code)
    assert answer["WWW-Authenticate"].startswith('Bearer realm="api"')


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_the_kind_of_a_token_is_written_in_any_case(client, bob, kind):
    access = sign_in(bob, name="phone").access

    assert client.get("/api/me/devices/", headers={"Authorization": f"{kind}  {access} "}).status_code == 200


def test_a_token_counts_more_than_the_session(client, ann):
    client.force_login(people.bob())
    access = sign_in(ann).access

    found = client.get("/api/me/", headers={"Authorization": f"Bearer {access}"}).json()

    assert found["user"]["name"] == "Ann"


# Languages


@pytest.mark.parametrize(
    ("send", "english", "chinese"),
    [
        (lambda client, h: client.get("/api/posts/x/", headers=h), "Not found.", "未找到。"),
        (
            lambda client, h: client.put("/api/posts/", {}, "application/json", headers=h),
            'Method "PUT" not allowed.',
            "方法 “PUT” 不被允许。",
        ),
        (
            lambda client, h: client.post(
                "/api/token/", {"username": "x", "password": "x"}, "application/json", headers=h
            ),
            "Wrong username or password.",
            "用户名或密码不对。",
        ),
        (
            lambda client, h: client.post("/api/posts/a-walk/comments/", {}, "application/json", headers=h),
            "Some fields have errors.",
            "有些内容需要修改。",
        ),
    ],
    ids=["not found", "method", "password", "fields"],
)
def test_the_message_is_in_the_readers_language_and_the_code_is_not(send, english, chinese):
    make_post()
    answers = [send(Client(), {"Accept-Language": language}) for language in ("en", "zh-CN")]

    messages = [answer.json()["error"]["message"] for answer in answers]
    assert messages == [english, chinese]
    assert answers[0].json()["error"]["code"] == answers[1].json()["error"]["code"]
