"""Dashboard for activities."""

from datetime import timedelta
from html import escape
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Activity, ActivityEvent, ActivityLink
from tests import people
from tests.factories import make_activity, make_post

pytestmark = pytest.mark.django_db

ADD = "/admin/blog/activity/add/"
LIST = "/admin/blog/activity/"


def form(**fields) -> dict:
    """What the browser sends."""
    return {"text": "A **heron**.", "links": "", "language": "en", "comments_open": "on", **fields}


def change(activity) -> str:
    return reverse("admin:blog_activity_change", args=[activity.pk])


def test_one_is_written_and_read(desk, client):
    answer = desk.post(ADD, form(links="https://a.example/\r\n\r\nhttps://b.example/"))

    assert answer.status_code == 302
    activity = Activity.objects.get()
    assert "<strong>heron</strong>" in desk.get(activity.url).content.decode()
    assert activity.author.username == "ann"
    assert [link.url for link in activity.link_rows.all()] == ["https://a.example/", "https://b.example/"]
    assert ActivityEvent.objects.get().type == "activity.posted"


def test_one_is_changed(desk):
    activity = make_activity(links=["https://a.example/"])
    page = desk.get(change(activity)).content.decode()
    assert "https://a.example/</textarea>" in page

    answer = desk.post(change(activity), form(text="Better words.", links="https://b.example/"))

    assert answer.status_code == 302
    assert Activity.objects.get().text == "Better words."
    assert activity.link_rows.get().url == "https://b.example/"
    assert ActivityEvent.objects.last().type == "activity.edited"
    assert Activity.objects.get().published_at == activity.published_at


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"text": " "}, "Enter some text"),
        ({"text": "x" * 5001}, "Up to 5000 characters"),
        ({"links": "javascript:alert(1)"}, "A link must begin with https://"),
    ],
)
def test_a_mistake_keeps_what_was_typed(desk, said, words):
    answer = desk.post(ADD, form(**said))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert next(iter(said.values())).strip() in answer.content.decode()
    assert not Activity.objects.exists()


def test_one_is_written_for_later(desk):
    soon = timezone.localtime() + timedelta(days=1)

    desk.post(ADD, form(published_at_0=f"{soon:%Y-%m-%d}", published_at_1=f"{soon:%H:%M:%S}"))

    activity = Activity.objects.get()
    assert activity.status == "scheduled"
    assert not ActivityEvent.objects.exists()
    assert "viewsitelink" not in desk.get(change(activity)).content.decode()


def test_a_card_is_left_out_and_taken_back(desk):
    activity = make_activity(links=["https://a.example/"])
    ActivityLink.objects.update(state="ready", title="A")

    desk.post(change(activity), form(links="https://a.example/", without_previews=["https://a.example/"]))
    assert ActivityLink.objects.get().state == "removed"

    desk.post(change(activity), form(links="https://a.example/"))
    assert ActivityLink.objects.get().state == "waiting"


def test_they_are_deleted_one_by_one_and_together(desk):
    one, two, three = [make_activity(text=text) for text in ("One.", "Two.", "Three.")]

    desk.post(reverse("admin:blog_activity_delete", args=[one.pk]), {"post": "yes"})
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [two.pk, three.pk], "post": "yes"})

    assert not Activity.objects.exists()
    assert ActivityEvent.objects.filter(type="activity.removed").count() == 3


def test_posts_and_activities_have_lists_of_their_own(desk):
    make_post(title="A walk")
    activity = make_activity(text="A heron.")

    assert "A heron." not in desk.get("/admin/blog/post/").content.decode()
    assert "A walk" not in desk.get(LIST, {"q": "a"}).content.decode()
    assert desk.get(reverse("admin:blog_post_change", args=[activity.pk])).status_code == 302


@pytest.mark.parametrize("role", ["author", "editor", "contributor", "reader"])
def test_who_publishes_writes_them_and_nobody_else(role):
    client = Client()
    client.force_login(people.of_role(f"some-{role}", role))

    client.post(ADD, form())

    assert Activity.objects.exists() is (role in ("author", "editor"))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("![A heron](https://example.org/heron.png)", "A heron"),
        ("![“Tea” & cake](https://example.org/a.png)", "“Tea” & cake"),
        ("![](https://example.org/heron.png)", "Photo"),
        ("![](https://example.org/a.png) ![茶](https://example.org/b.png)", "茶"),
    ],
)
def test_an_activity_of_a_picture_only_has_a_name_in_lists_and_feeds(desk, text, title):
    """Without one there is nothing to click in the admin, and a feed reader shows an empty line."""
    activity = make_activity(text=text)

    assert activity.title == title
    assert f">{escape(title)}</a>" in desk.get("/admin/blog/activity/").content.decode()
    feed = ElementTree.fromstring(desk.get("/activities/atom.xml").content)
    assert feed.findtext("{*}entry/{*}title") == title


def test_a_name_follows_what_an_activity_shows(desk):
    activity = make_activity(text="A heron by the river.")
    url = f"/api/activities/{activity.pk}/"

    def title_after(**fields) -> str:
        assert desk.patch(url, fields, content_type="application/json").status_code == 200
        activity.refresh_from_db()
        return activity.title

    assert title_after(text="![](https://example.org/heron.png)") == "Photo"
    assert title_after(text="", links=["https://example.org/birds"]) == "example.org/birds"
    assert title_after(text="Two herons.") == "Two herons."
    assert title_after(text="") == "example.org/birds"


@pytest.mark.parametrize("text", ["<!-- later -->", "<script>alert(1)</script>", "---", "[]()", "\u200b"])
def test_an_activity_that_shows_nothing_is_refused(desk, text):
    answer = desk.post("/api/activities/", {"text": text}, content_type="application/json")
    page = desk.post("/admin/blog/activity/add/", {"text": text, "language": "en", "links": ""})

    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"text": ["Enter some text, or add a link or a photo."]}
    assert page.status_code == 200
    assert "Enter some text, or add a link or a photo." in page.content.decode()
    assert not Activity.objects.exists()
