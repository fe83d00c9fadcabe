"""What the author does: post, edit, remove; each in one transaction, numbered and told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.activities import services
from blog.activities.services import create_activity, delete_activity, update_activity
from blog.models import Activity, ActivityEvent, ActivityLink, Event, Post
from tests.factories import make_activity, make_post

pytestmark = pytest.mark.django_db


def told() -> list[tuple[int, str]]:
    return list(ActivityEvent.objects.values_list("n", "type"))


def test_words_are_rendered_and_it_is_named_by_the_first_of_them(ann):
    activity = create_activity(ann, text="Saw a **heron** by the river.\n\nIt flew away.")

    assert "<strong>heron</strong>" in activity.html
    assert activity.title == "Saw a heron by the river."
    assert activity.url == f"/activities/{activity.pk}/"
    assert Activity.objects.get().is_visible


def test_it_is_no_post(ann):
    post = make_post()
    activity = make_activity()

    assert list(Post.objects.all()) == [post]
    assert list(ann.posts.all()) == [post]
    assert set(Post.threads.values_list("pk", flat=True)) == {post.pk, activity.pk}
    assert [found.pk for found in Activity.objects.all()] == [activity.pk]


def test_its_slug_is_none_that_a_post_could_take():
    one, two = make_activity(), make_activity()

    assert one.slug != two.slug
    assert one.slug.startswith("~")
    assert make_post(title=one.slug).slug != one.slug


def test_it_is_told_with_the_next_number():
    activity = make_activity()
    make_activity()

    event = ActivityEvent.objects.first()
    assert told() == [(1, "activity.posted"), (2, "activity.posted")]
    assert event.data["activity"]["id"] == activity.pk
    assert event.data["activity"]["html"] == activity.html


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": " \n "}, services.EmptyActivity),
        ({"text": "\u2060"}, services.EmptyActivity),
        ({"text": "x" * 5001}, services.TooLong),
        ({"links": ["javascript:alert(1)"]}, services.NoLink),
        ({"links": ["ftp://example.org/"]}, services.NoLink),
        ({"links": ["example.org"]}, services.NoLink),
        ({"links": ["https://example.org/" + "x" * 2000]}, services.NoLink),
        ({"links": [f"https://example.org/{n}" for n in range(11)]}, services.TooManyLinks),
    ],
)
def test_what_makes_no_activity_is_refused(ann, fields, error):
    with pytest.raises(error):
        create_activity(ann, **fields)

    assert not Activity.objects.exists()
    assert not told()


def test_links_stand_in_order_each_once(ann):
    activity = create_activity(ann, links=["https://b.example/", " https://a.example/x ", "https://b.example/"])

    assert [link.url for link in activity.link_rows.all()] == ["https://b.example/", "https://a.example/x"]
    assert {link.state for link in activity.link_rows.all()} == {"waiting"}
    assert activity.title == "b.example/"


def test_an_edit_is_told_and_its_old_words_are_read_nowhere():
    activity = make_activity(text="A secret slip.")

    update_activity(activity, text="Better words.")

    assert told() == [(1, "activity.posted"), (2, "activity.edited")]
    assert Event.objects.get().type == "post.updated"
    assert not any("secret" in str(event.data) for event in ActivityEvent.objects.all())
    assert Activity.objects.get().title == "Better words."


def test_what_was_read_of_a_link_stays_when_others_change():
    activity = make_activity(links=["https://a.example/", "https://b.example/"])
    ActivityLink.objects.filter(url="https://b.example/").update(state="ready", title="B")

    update_activity(activity, links=["https://b.example/", "https://c.example/"])

    found = [(link.url, link.state, link.title) for link in activity.link_rows.all()]
    assert found == [("https://b.example/", "ready", "B"), ("https://c.example/", "waiting", "")]


def test_other_links_alone_are_told_to_its_own_page_too():
    activity = make_activity(links=["https://a.example/"])
    before = activity.updated_at

    update_activity(activity, links=["https://b.example/"])

    assert Event.objects.get().type == "post.updated"
    assert Activity.objects.get().updated_at > before


def test_an_edit_that_leaves_nothing_is_refused():
    activity = make_activity()

    with pytest.raises(services.EmptyActivity):
        update_activity(activity, text="")

    assert Activity.objects.get().text == "A heron by the river."


def test_removed_it_is_gone_with_all_that_hung_on_it():
    activity = make_activity(text="A secret slip.", links=["https://a.example/"])

    delete_activity(activity)

    assert not Post.threads.exists()
    assert not ActivityLink.objects.exists()
    assert told() == [(1, "activity.posted"), (2, "activity.removed")]
    assert not any("secret" in str(event.data) for event in ActivityEvent.objects.all())
    with pytest.raises(services.Gone):
        delete_activity(activity)


def test_a_scheduled_one_is_told_when_its_time_has_come_and_once():
    from blog.activities.events import announce_due

    soon = timezone.now() + timedelta(hours=1)
    make_activity()
    activity = make_activity(text="Later.", published_at=soon)
    announce_due()
    assert told() == [(1, "activity.posted")]
    assert activity.status == "scheduled"

    Post.threads.filter(pk=activity.pk).update(published_at=timezone.now())
    announce_due()
    announce_due()

    assert told() == [(1, "activity.posted"), (2, "activity.posted")]
    assert ActivityEvent.objects.last().data["activity"]["id"] == activity.pk


def test_put_off_it_is_removed_from_open_pages():
    activity = make_activity()

    update_activity(activity, published_at=timezone.now() + timedelta(days=1))

    assert told()[-1] == (2, "activity.removed")


def test_a_card_that_is_dropped_stays_a_link():
    activity = make_activity(links=["https://a.example/"])
    ActivityLink.objects.update(state="ready", title="A")

    services.remove_previews(activity, ["https://a.example/"])

    assert activity.link_rows.get().state == "removed"
    assert told()[-1] == (2, "activity.card")
    assert Event.objects.get().type == "activity.card"


def test_in_the_events_of_its_own_page_old_words_are_not_read_either(client):
    activity = make_activity(text="One.", links=["https://a.example/"])
    update_activity(activity, text="A secret slip.")
    services.remove_previews(activity, ["https://a.example/"])

    update_activity(activity, text="Better words.")

    events = client.get(f"/api/posts/{activity.slug}/events/?since=0")
    assert [event["type"] for event in events.json()["events"]] == ["post.updated", "activity.card", "post.updated"]
    assert "secret" not in events.content.decode()
