"""Activities that are not taken, in both languages, and the ends of their lists."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.media.services import store
from blog.models import Activity, ActivityEvent, ActivityLink
from tests import people
from tests.editor.test_conflicts import opened
from tests.factories import make_activity, make_post
from tests.media.sample_images import picture

pytestmark = pytest.mark.django_db
ALL = "/api/activities/"
CHINESE = {"Accept-Language": "zh-hans"}


def send(client, verb: str, url: str, data, **headers):
    return client.generic(verb.upper(), url, json.dumps(data), "application/json", headers=headers)


def fields(answer) -> dict:
    assert answer.status_code == 400, answer.content.decode()
    return answer.json()["error"]["fields"]


EMPTY = "Enter some text, or add a link or a photo."
NO_LINK = "A link must begin with https:// or http:// and contain a host."
REFUSED = [
    ({}, {"text": [EMPTY]}),
    ({"text": " \n "}, {"text": [EMPTY]}),
    ({"text": "\u3164"}, {"text": [EMPTY]}),
    ({"text": "x" * 5001}, {"text": ["Ensure this field has no more than 5000 characters."]}),
    ({"links": ["example.org"]}, {"links": [NO_LINK]}),
    ({"links": ["ftp://example.org/"]}, {"links": [NO_LINK]}),
    ({"links": ["https://"]}, {"links": [NO_LINK]}),
    ({"links": ["javascript:alert(1)"]}, {"links": [NO_LINK]}),
    (
        {"links": ["https://a.example/" + "x" * 2000]},
        {"links": {"0": ["Ensure this field has no more than 2000 characters."]}},
    ),
    (
        {"links": [f"https://a.example/{n}" for n in range(11)]},
        {"links": ["Ensure this field has no more than 10 elements."]},
    ),
    ({"photos": [999]}, {"photos": ["This image was not found among the uploads."]}),
    ({"photos": [0]}, {"photos": {"0": ["Ensure this value is greater than or equal to 1."]}}),
    ({"photos": list(range(1, 22))}, {"photos": ["Ensure this field has no more than 20 elements."]}),
    ({"text": "x", "language": "xx"}, {"language": ['"xx" is not a valid choice.']}),
    (
        {"text": "x", "published_at": "9999-12-31T00:00:00Z"},
        {"published_at": ["Enter a year between 1001 and 9998."]},
    ),
]


def test_each_field_says_what_is_wrong_with_it(desk):
    for data, words in REFUSED:
        assert fields(send(desk, "post", ALL, data)) == words, data
    assert not Activity.objects.exists()
    assert not ActivityEvent.objects.exists()


def test_the_words_are_in_the_language_that_is_asked_for(desk):
    assert fields(send(desk, "post", ALL, {}, **CHINESE)) == {"text": ["还没有内容：请写点文字，或加上链接、照片。"]}
    link = fields(send(desk, "post", ALL, {"links": ["x"]}, **CHINESE))["links"][0]
    photo = fields(send(desk, "post", ALL, {"photos": [999]}, **CHINESE))["photos"][0]
    assert "https://" in link
    assert all(any("\u4e00" <= c <= "\u9fff" for c in words) for words in (link, photo))


def test_links_of_all_the_world_are_taken_once_each(desk):
    links = [" https://例子.中国/茶 ", "http://a.example", "https://例子.中国/茶", "https://[2001:db8::1]:8080/x?y#z"]

    answer = send(desk, "post", ALL, {"links": links})

    assert [each["url"] for each in answer.json()["links"]] == [
        "https://例子.中国/茶",
        "http://a.example",
        "https://[2001:db8::1]:8080/x?y#z",
    ]


def test_a_refused_change_leaves_the_activity_as_it_was(desk):
    activity = make_activity(text="A heron.", links=["https://a.example/"])
    url = f"{ALL}{activity.pk}/"
    before, told = desk.get(url).json(), ActivityEvent.objects.count()

    for data in ({"text": "", "links": []}, {"links": None}, {"text": None}, {"photos": [999]}, {"links": ["x"]}):
        assert send(desk, "patch", url, data).status_code == 400, data
    assert send(desk, "put", url, {}).status_code == 400

    assert desk.get(url).json() == before
    assert ActivityEvent.objects.count() == told


def test_an_empty_change_and_a_time_of_none_keep_the_time(desk):
    activity = make_activity(days_ago=3)
    url = f"{ALL}{activity.pk}/"
    before = desk.get(url).json()["published_at"]

    for verb, data in (("patch", {}), ("patch", {"published_at": None}), ("put", {"text": "New."})):
        assert send(desk, verb, url, data).json()["published_at"] == before


@pytest.mark.parametrize("pk", [0, 999, 10**25])
def test_what_is_not_there_is_neither_read_changed_nor_deleted(desk, pk):
    post = make_post()
    for url in (f"{ALL}{pk}/", f"{ALL}{post.pk}/"):
        assert desk.get(url).status_code == 404
        assert send(desk, "patch", url, {"text": "x"}).status_code == 404
        assert send(desk, "put", url, {"text": "x"}).status_code == 404
        assert desk.delete(url).status_code == 404
    post.refresh_from_db()
    assert post.text == "We walked along the river."


def test_deleted_twice_it_is_gone_once(desk):
    activity = make_activity(links=["https://a.example/"])
    url = f"{ALL}{activity.pk}/"

    assert [desk.delete(url).status_code for _n in range(2)] == [204, 404]

    assert [event.type for event in ActivityEvent.objects.all()] == ["activity.posted", "activity.removed"]
    assert ActivityEvent.objects.first().data == {"activity": {"id": activity.pk}}
    assert not ActivityLink.objects.exists()


def test_scheduled_ones_are_for_those_who_publish(desk):
    later = make_activity(text="Later.", days_ago=-1)
    make_activity(text="Now.")
    stranger, contributor = Client(), Client()
    contributor.force_login(people.cid())

    def texts(client, query: str) -> list[str]:
        return [each["text"] for each in client.get(f"{ALL}?{query}").json()["results"]]

    assert texts(desk, "status=scheduled") == ["Later."]
    assert texts(desk, "status=all") == ["Later.", "Now."]
    assert texts(desk, "") == texts(stranger, "status=published") == ["Now."]
    assert stranger.get(f"{ALL}?status=all").status_code == 401
    assert contributor.get(f"{ALL}?status=scheduled").json()["error"]["code"] == "not_an_editor"
    assert stranger.get(f"{ALL}{later.pk}/").status_code == 404
    assert desk.get(f"{ALL}{later.pk}/").json()["status"] == "scheduled"


def test_a_list_says_what_it_does_not_know(desk):
    wanted = {
        "status=draft": "“status” is one of: published, scheduled, all.",
        "order=best": "“order” is one of: newest, oldest, updated, popular.",
        "year=x": "A year is a number such as 2026.",
        "cursor=x": "This cursor is invalid. Start again without it.",
    }

    for query, words in wanted.items():
        answer = desk.get(f"{ALL}?{query}")
        assert (answer.status_code, answer.json()["error"]["message"]) == (400, words), query


def test_events_asked_for_with_a_number_that_cannot_be_are_a_reset(client):
    make_activity()
    url = f"{ALL}events/"

    assert client.get(url).json() == {"n": 1, "events": [], "reset": False}
    for since in ("2", "-1", "x", "9" * 30):
        assert client.get(f"{url}?since={since}").json() == {"n": 1, "events": [], "reset": True}, since
    assert [event["type"] for event in client.get(f"{url}?since=0").json()["events"]] == ["activity.posted"]


def test_the_form_in_the_admin_keeps_what_was_typed_and_says_which_link_it_means(desk):
    page = desk.post(
        "/admin/blog/activity/add/", {"text": "A heron.", "links": "https://a.example/\nno link", "language": "en"}
    ).content.decode()

    assert NO_LINK in page
    assert "A heron.</textarea>" in page
    assert "https://a.example/\nno link</textarea>" in page
    assert not Activity.objects.exists()


def test_a_photo_deleted_meanwhile_does_not_come_back_with_a_form(desk, ann):
    photo = store(picture(), user=ann)
    activity = make_activity(text="A heron.", photos=[photo.pk], author=ann)
    url, form = opened(desk, activity)
    send(desk, "patch", f"{ALL}{activity.pk}/", {"photos": []})
    assert desk.delete(f"/api/uploads/{photo.pk}/").status_code == 204

    page = desk.post(url, {**form, "text": "A heron!"}, follow=True)

    assert "Changed elsewhere meanwhile, and kept: Photos." in page.content.decode()
    shown = desk.get(f"{ALL}{activity.pk}/").json()
    assert (shown["text"], shown["photos"]) == ("A heron!", [])


def test_a_scheduled_activity_is_in_no_list_feed_or_sitemap_until_its_time(client):
    activity = make_activity(text="Later on.", published_at=timezone.now() + timedelta(days=1))

    for url in ("/activities/", "/activities/atom.xml", "/activities/rss.xml", "/activities/feed.json", "/sitemap.xml"):
        page = client.get(url).content.decode()
        assert "Later on." not in page, url
        assert activity.url not in page, url
    assert client.get(activity.url).status_code == 404
    assert client.get(f"{activity.url}comments.xml").status_code == 404
