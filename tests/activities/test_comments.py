"""An activity is discussed as posts are: every way in and out that a post's discussion has."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.personal_data import CannotErase, Person, erase, export
from blog.models import Comment, Event, MutedPost, Post
from tests import people
from tests.factories import make_activity, make_comment, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity():
    return make_activity(text="A heron.", days_ago=0.1)


def say(client, activity, text: str = "Lovely.", *, status: int = 201, **said) -> dict:
    data = {"text": text, "name": "Bob", **said}
    answer = client.post(f"/api/posts/{activity.slug}/comments/", data, "application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_it_is_commented_and_counted(client, activity):
    said = say(client, activity)

    assert said["url"] == f"{activity.url}#comment-{said['id']}"
    assert client.get(f"/api/posts/{activity.slug}/comments/").json()["count"] == 1
    assert Post.threads.get(pk=activity.pk).n_comments == 1
    assert client.get(f"/api/posts/{activity.slug}/events/?since=0").json()["events"][0]["type"] == "comment.posted"
    assert client.get("/api/me/", {"post": activity.pk}).json()["editable"]


def test_one_edits_and_takes_back_what_one_said(client, activity):
    said = say(client, activity)
    address = f"/api/comments/{said['id']}/"

    assert client.patch(address, {"text": "Very lovely."}, "application/json").status_code == 200
    assert client.get(address).json()["text"] == "Very lovely."
    assert client.delete(address).status_code == 200
    assert Post.threads.get(pk=activity.pk).n_comments == 0


def test_without_a_script_one_writes_on_a_page(client, activity):
    form = f"/post/{activity.slug}/comment/"
    assert client.get(form).status_code == 200

    answer = client.post(form, {"text": "Lovely.", "name": "Bob"}, follow=True)

    assert answer.redirect_chain[0][0].startswith(f"{activity.url}#comment-")
    assert "Lovely." in client.get(f"/post/{activity.slug}/comments/").content.decode()
    comment = Comment.objects.get()
    assert client.get(f"/comment/{comment.pk}/").headers["Location"] == comment.url


def test_people_and_previews_are_offered(client, activity):
    say(client, activity)

    assert [p["name"] for p in client.get(f"/api/posts/{activity.slug}/people/").json()["people"]] == ["Bob", "Ann"]
    answer = client.post("/api/markdown/", {"text": "@Bob", "post": activity.slug}, "application/json")
    assert 'class="mention"' in answer.json()["html"]


def test_reactions_to_it_and_to_its_comments(client, activity):
    said = say(client, activity)

    for address in (f"/api/posts/{activity.slug}/reactions/", f"/api/comments/{said['id']}/reactions/"):
        answer = client.put(address, {"kind": "love"}, "application/json")
        assert (answer.status_code, answer.json()["reactions"]) == (200, {"love": 1})
    assert Post.threads.get(pk=activity.pk).reactions == {"love": 1}


def test_a_comment_is_reported_held_and_decided_on(client, desk, activity, settings):
    settings.COMMENT_APPROVAL = "always"
    said = say(Client(), activity)
    comment = Comment.objects.get(pk=said["id"])
    assert comment.state == "pending"
    assert "A heron." in desk.get("/admin/moderation/").content.decode()

    desk.post("/admin/moderation/decide/", {"intent": f"approve:{comment.pk}"})

    comment.refresh_from_db()
    assert comment.state == "visible"
    assert Client().post(f"/api/comments/{comment.pk}/report/", {}, "application/json").status_code == 201


def test_the_generic_admin_edits_a_comment(desk, activity):
    comment = make_comment(activity, text="Lovely.")
    address = reverse("admin:blog_comment_change", args=[comment.pk])

    assert "A heron." in desk.get(address).content.decode()
    answer = desk.post(address, {"state": "removed"})

    assert answer.status_code == 302
    comment.refresh_from_db()
    assert comment.state == "removed"
    assert Event.objects.filter(post=activity.pk).last().type == "comment.removed"


def test_its_author_gets_a_letter(activity, ann, settings, django_capture_on_commit_callbacks):
    settings.SITE_URL, settings.EMAIL_URL = "http://testserver", "smtp://localhost"
    say(Client(), activity)

    call_command("run_jobs", "send_email")

    [message] = mail.outbox
    assert message.to == [ann.email]
    assert "A heron." in message.subject
    assert f"http://testserver{activity.url}#comment-" in message.body


def test_a_discussion_is_muted_and_shown_as_such(bob, activity):
    from blog.notifications.models import Subscriber
    from blog.notifications.preferences import choices

    MutedPost.objects.create(subscriber=Subscriber.objects.of(bob.email), post=activity)

    assert [muted.title for muted in choices(bob).muted] == ["A heron."]


def test_who_wrote_only_activities_is_not_erased_in_passing():
    bob = people.bob()
    make_activity(author=bob, text="Mine.")

    with pytest.raises(CannotErase):
        erase(Person(user=bob), keep_words=False)
    assert [row["text"] for row in export(Person(user=bob))["posts"]] == ["Mine."]


def test_who_erases_everything_takes_comments_and_reactions_along(client, activity):
    bob = people.bob()
    client.force_login(bob)
    say(client, activity)
    client.put(f"/api/posts/{activity.slug}/reactions/", {"kind": "love"}, "application/json")

    erase(Person(user=bob), keep_words=False)

    found = Post.threads.get(pk=activity.pk)
    assert (found.n_comments, found.reactions) == (0, {})


@pytest.mark.parametrize("name", ["comments", "events", "people"])
def test_one_that_is_to_come_is_not_there_yet(client, name):
    from datetime import timedelta

    from django.utils import timezone

    activity = make_activity(published_at=timezone.now() + timedelta(hours=1))

    assert client.get(f"/api/posts/{activity.slug}/{name}/").status_code == 404


def test_posts_are_as_they_were(client):
    post = make_post(title="A walk")
    say(client, post)

    assert client.get("/api/posts/").json()["results"][0]["n_comments"] == 1
