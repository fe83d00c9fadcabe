"""Activities by programs: read by everybody, written by those who publish."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tokens.services import create_personal_token
from blog.media.services import store
from blog.models import Activity, ActivityEvent
from frodo.site_settings.models import SiteSettings
from tests import people
from tests.factories import make_activity, make_comment, make_post
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db

ALL = "/api/activities/"


@pytest.fixture
def desk(client):
    client.force_login(people.ann())
    return client


def send(client, method: str, address: str, said=None, **headers):
    body = json.dumps({} if said is None else said)
    return client.generic(method, address, body, "application/json", headers=headers)


def address(activity) -> str:
    return f"{ALL}{activity.pk}/"


def texts(answer) -> list[str]:
    return [each["text"] for each in answer.json()["results"]]


def test_one_is_posted_with_links_and_photos(desk, ann):
    photo = store(picture(), user=ann, alt="A heron")
    said = {"text": "A **heron**.", "links": ["https://a.example/"], "photos": [photo.pk], "language": "en"}

    answer = send(desk, "POST", ALL, said)

    assert answer.status_code == 201, answer.content
    made = answer.json()
    activity = Activity.objects.get()
    assert answer["Location"] == address(activity)
    assert made["html"] == "<p>A <strong>heron</strong>.</p>"
    [link] = made["links"]
    assert (link["url"], link["host"], link["state"], link["title"]) == (
        "https://a.example/",
        "a.example",
        "waiting",
        "",
    )
    assert link["picture"] is None
    assert [(each["id"], each["url"], each["alt"]) for each in made["photos"]] == [(photo.pk, photo.url, "A heron")]
    assert made["author"]["name"] == "Ann"
    assert made["url"] == activity.url
    assert ActivityEvent.objects.get().type == "activity.posted"


def test_its_addresses_lead_to_its_discussion(client):
    activity = make_activity()
    make_comment(activity, text="Lovely.")

    said = client.get(address(activity)).json()

    assert client.get(said["comments_url"]).json()["comments"][0]["text"] == "Lovely."
    assert client.get(said["events_url"]).json()["n"] == 0
    assert client.put(said["reactions_url"], {"kind": "love"}, "application/json").status_code == 200
    assert client.get(said["url"]).status_code == 200


def test_the_list_goes_on_by_cursors(client):
    for n in range(5):
        make_activity(text=f"{n}", days_ago=n + 1)

    first = client.get(f"{ALL}?limit=2")
    second = client.get(first.json()["next"])

    assert (texts(first), texts(second)) == (["0", "1"], ["2", "3"])
    assert 'rel="next"' in first["Link"]
    assert texts(client.get(second.json()["previous"])) == ["0", "1"]


def test_it_is_filtered(client):
    make_activity(text="Ann's.", language="en", published_at=timezone.now().replace(year=2024))
    make_activity(text="埃迪斯的。", language="zh-hans", author=people.edith())
    make_post()

    assert texts(client.get(f"{ALL}?year=2024")) == ["Ann's."]
    assert texts(client.get(f"{ALL}?author=edith")) == ["埃迪斯的。"]
    assert texts(client.get(f"{ALL}?language=zh-hans")) == ["埃迪斯的。"]
    assert texts(client.get(f"{ALL}?order=oldest")) == ["Ann's.", "埃迪斯的。"]


@pytest.mark.parametrize("query", ["year=x", "order=odd", "cursor=x", "status=odd", "fields=odd", "expand=odd"])
def test_what_makes_no_sense_is_the_askers_mistake(client, query):
    make_activity()

    assert client.get(f"{ALL}?{query}").status_code == 400


def test_fields_and_expand(client):
    make_activity(text="A heron.")

    found = client.get(f"{ALL}?fields=id,author,title&expand=author").json()["results"][0]

    assert set(found) == {"id", "author", "title"}
    assert found["title"] == "A heron."
    assert "bio" in found["author"]


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({}, "empty", "text"),
        ({"text": " "}, "empty", "text"),
        ({"text": "x" * 5001}, "invalid", "text"),
        ({"text": 5, "links": "x"}, "invalid", "links"),
        ({"links": ["javascript:alert(1)"]}, "invalid_link", "links"),
        ({"links": ["http://[::1"]}, "invalid_link", "links"),
        ({"links": [{}]}, "invalid", "links"),
        ({"photos": [999]}, "no_such_upload", "photos"),
        ({"photos": ["x"]}, "invalid", "photos"),
        ({"photos": [2**70]}, "invalid", "photos"),
        ({"text": "x", "language": "xx"}, "invalid", "language"),
        ({"text": "x", "published_at": "soon"}, "invalid", "published_at"),
        ([], "invalid", None),
    ],
)
def test_what_makes_no_activity_is_refused(desk, said, code, field):
    answer = send(desk, "POST", ALL, said)

    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["code"] == code
    assert field is None or field in answer.json()["error"]["fields"]
    assert not Activity.objects.exists()


def test_a_change_names_what_changes(desk):
    activity = make_activity(text="A hreon.", links=["https://a.example/"])

    answer = send(desk, "PATCH", address(activity), {"text": "A heron."})

    assert answer.status_code == 200
    assert answer.json()["text"] == "A heron."
    assert [link["url"] for link in answer.json()["links"]] == ["https://a.example/"]
    assert Activity.objects.get().published_at == activity.published_at


def test_another_version_is_put_in_its_place(desk):
    activity = make_activity(text="A hreon.", links=["https://a.example/"])

    answer = send(desk, "PUT", address(activity), {"text": "A heron."})

    assert (answer.status_code, answer.json()["links"]) == (200, [])
    assert Activity.objects.get().published_at == activity.published_at
    assert send(desk, "PUT", address(activity), {}).json()["error"]["code"] == "empty"


def test_two_devices_do_not_overwrite_each_other(desk):
    activity = make_activity(text="One.")
    tag = desk.get(address(activity))["ETag"]
    make_comment(activity)  # is no other version
    assert send(desk, "PATCH", address(activity), {"text": "Two."}, **{"If-Match": tag}).status_code == 200

    late = send(desk, "PATCH", address(activity), {"text": "Three."}, **{"If-Match": tag})
    gone = send(desk, "DELETE", address(activity), **{"If-Match": tag})

    assert late.status_code == gone.status_code == 409
    error = late.json()["error"]
    assert (error["code"], error["current"]["text"], error["yours"]) == ("conflict", "Two.", {"text": "Three."})
    assert Activity.objects.get().text == "Two."
    assert send(desk, "PATCH", address(activity), {"text": "3"}, **{"If-Match": late["ETag"]}).status_code == 200


def test_what_is_known_is_not_sent_again(client):
    activity = make_activity()

    for where in (ALL, address(activity)):
        tag = client.get(where)["ETag"]
        assert client.get(where, headers={"If-None-Match": tag}).status_code == 304


def test_a_lost_answer_makes_no_second_one(desk):
    said, key = {"text": "A heron."}, {"Idempotency-Key": "b6f1"}

    one, two = (send(desk, "POST", ALL, said, **key) for _ in range(2))

    assert one.content == two.content
    assert Activity.objects.count() == 1
    assert send(desk, "POST", ALL, {"text": "Other."}, **key).status_code == 422


def test_one_is_taken_away(desk):
    activity = make_activity()

    assert send(desk, "DELETE", address(activity)).status_code == 204
    assert desk.get(address(activity)).status_code == 404
    assert send(desk, "DELETE", address(activity)).status_code == 404


def test_a_scheduled_one_is_for_those_who_publish(desk):
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    made = send(desk, "POST", ALL, {"text": "Later.", "published_at": soon}).json()

    assert made["status"] == "scheduled"
    assert texts(desk.get(f"{ALL}?status=scheduled")) == ["Later."]
    assert texts(desk.get(ALL)) == []
    assert desk.get(f"{ALL}{made['id']}/").status_code == 200
    assert Client().get(f"{ALL}{made['id']}/").status_code == 404
    assert Client().get(f"{ALL}?status=scheduled").status_code == 401


@pytest.mark.parametrize("role", ["author", "editor", "contributor", "reader", None])
def test_who_may_what(role):
    client, activity = Client(), make_activity(text="A heron.")
    if role:
        client.force_login(people.of_role(f"some-{role}", role))
    may = role in ("author", "editor")

    found = [client.get(where).status_code for where in (ALL, address(activity), f"{ALL}events/")]
    written = [
        send(client, "POST", ALL, {"text": "x"}).status_code,
        send(client, "PATCH", address(activity), {"text": "x"}).status_code,
        send(client, "PUT", address(activity), {"text": "x"}).status_code,
        send(client, "DELETE", address(activity)).status_code,
    ]

    assert found == [200, 200, 200]
    assert written == ([201, 200, 200, 204] if may else [403 if role else 401] * 4)
    assert client.get(f"{ALL}?status=all").status_code == (200 if may else 403 if role else 401)


def test_a_page_of_another_site_writes_nothing(desk):
    answer = send(desk, "POST", ALL, {"text": "x"}, Origin="https://evil.example")

    assert answer.status_code == 403
    assert not Activity.objects.exists()


@pytest.mark.parametrize("n", [1, 30])
def test_one_and_many_ask_the_same(client, django_assert_num_queries, n):
    for i in range(n):
        make_activity(links=[f"https://a.example/{i}"], days_ago=i + 1)

    with django_assert_num_queries(4):
        assert len(client.get(f"{ALL}?limit=100&expand=author,photos").json()["results"]) == n


@pytest.mark.parametrize("pk", [0, 999, 2**63, 2**70])
def test_one_that_is_not_there(desk, pk):
    for method in ("GET", "PATCH", "DELETE"):
        assert send(desk, method, f"{ALL}{pk}/", {"text": "x"}).status_code == 404


def test_a_post_is_no_activity(desk):
    post = make_post()

    assert desk.get(address(post)).status_code == 404
    assert send(desk, "DELETE", address(post)).status_code == 404


@pytest.mark.parametrize(
    ("scope", "status"), [("activities", 201), ("posts", 403), ("uploads", 403), ("comments", 403)]
)
def test_a_token_posts_if_it_was_made_for_that(scope, status):
    _row, token = create_personal_token(people.edith(), "A script", {scope})

    answer = send(Client(), "POST", ALL, {"text": "A heron."}, Authorization=f"Bearer {token}")

    assert answer.status_code == status, answer.content
    assert Activity.objects.filter(author__username="edith").exists() is (status == 201)
    if status == 403:
        assert answer.json()["error"]["code"] == "scope_missing"


def test_a_contributors_token_posts_nothing():
    _row, token = create_personal_token(people.cid(), "A script", {"activities"})

    assert send(Client(), "POST", ALL, {"text": "x"}, Authorization=f"Bearer {token}").status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("text", "language"),
    [("今天在河边看见一只苍鹭，真好。", "zh-hans"), ("We saw a heron by the river today.", "en"), ("42", "zh-hans")],
)
def test_without_a_language_it_has_that_of_its_text_or_of_the_site(desk, text, language):
    row = SiteSettings.current()
    row.language = "zh-hans"
    row.save()

    answer = desk.post(ALL, {"text": text}, content_type="application/json")

    assert answer.status_code == 201
    assert answer.json()["language"] == language
