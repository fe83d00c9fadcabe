"""Contributors submit posts for review; those who publish see them, are told by e-mail, and publish them."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from blog.models import Post
from tests import people
from tests.factories import make_post
from tests.notifications.conftest import inbox  # noqa: F401 - a fixture
from tests.notifications.smtp import html_of, text_of
from tests.posts.test_writing_form import sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cid() -> Client:
    client = Client()
    client.force_login(people.cid())
    return client


@pytest.fixture
def edith() -> Client:
    client = Client()
    client.force_login(people.edith())
    return client


@pytest.fixture
def draft() -> Post:
    return make_post(title="Tea", status="draft", published_at=None, author=people.cid())


def press(client: Client, button: str, post: Post, **fields):
    """Press a button of the admin's form; the page after it."""
    url = reverse("admin:blog_post_change", args=[post.pk])
    fields = {"title": post.title, "text": post.text, "status": post.status, "author": post.author_id, **fields}
    response = client.post(url, sent(**{button: "x"}, **fields), follow=True)
    post.refresh_from_db()
    return response.content.decode()


def run_jobs() -> None:
    call_command("run_jobs", "send_review_email", stdout=io.StringIO())


def test_a_contributor_submits_and_an_editor_publishes(cid, edith, draft, inbox):  # noqa: F811
    form = cid.get(reverse("admin:blog_post_change", args=[draft.pk])).content.decode()
    assert 'name="_submit" value="Submit for review"' in form
    assert 'name="_publish"' not in form

    assert "Submitted for review" in press(cid, "_submit", draft)

    assert draft.status == "pending"
    run_jobs()
    [letter] = inbox.messages
    assert letter["To"] == "edith@example.org"
    assert letter["Subject"] == "Awaiting review: “Tea”"
    assert f"/admin/blog/post/{draft.pk}/change/" in text_of(letter)
    assert f"/admin/blog/post/{draft.pk}/change/" in html_of(letter)
    front = edith.get(reverse("admin:index")).content.decode()
    assert "Awaiting review" in front
    assert "Cid" in front
    assert "Tea" in edith.get(f"{reverse('admin:blog_post_changelist')}?status=pending").content.decode()
    assert Client().get(draft.url).status_code == 404

    press(edith, "_publish", draft)

    assert draft.status == "published"
    run_jobs()
    assert [each["To"] for each in inbox.messages] == ["edith@example.org", "cid@example.org"]
    assert "was approved and published" in text_of(inbox.messages[1])
    assert Client().get(draft.url).status_code == 200


def test_what_is_taken_back_is_a_draft_again_and_tells_nobody(cid, draft, inbox):  # noqa: F811
    people.edith()
    press(cid, "_submit", draft)
    assert "Withdraw" in cid.get(reverse("admin:blog_post_change", args=[draft.pk])).content.decode()

    press(cid, "_withdraw", draft)

    assert draft.status == "draft"
    run_jobs()
    assert inbox.messages == []


def test_a_contributor_still_writes_on_what_is_submitted(cid, draft):
    press(cid, "_submit", draft)

    press(cid, "_continue", draft, text="Hotter.")

    assert (draft.status, draft.text) == ("pending", "Hotter.")


def test_a_contributor_cannot_publish_or_hide_by_the_form(cid, draft):
    press(cid, "_publish", draft, visibility="private", password="x", status="published")

    assert (draft.status, draft.visibility, draft.password) == ("draft", "public", "")


def test_by_the_api(cid, edith, draft):
    url = f"/api/posts/{draft.slug}/"

    assert cid.patch(url, {"status": "pending"}, "application/json").json()["status"] == "pending"
    assert [each["title"] for each in edith.get("/api/posts/?status=pending").json()["results"]] == ["Tea"]
    for refused in ({"status": "published"}, {"visibility": "private"}, {"password": "x"}):
        answer = cid.patch(url, refused, "application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cannot_publish")
    assert cid.patch(url, {"status": "draft"}, "application/json").json()["status"] == "draft"
    assert Client().get("/api/posts/?status=pending").status_code == 401


def test_several_are_approved_at_once(edith, draft):
    Post.objects.filter(pk=draft.pk).update(status="pending")

    data = {"action": "publish", "_selected_action": [draft.pk]}
    page = edith.post(reverse("admin:blog_post_changelist"), data, follow=True).content.decode()

    assert "1 post published." in page
    assert Post.objects.get(pk=draft.pk).status == "published"


def test_the_settings_of_visibility_in_the_form(edith, draft):
    page = press(edith, "_publish", draft, visibility="password")
    assert "Enter the password that readers will need." in page
    assert draft.status == "draft"

    press(edith, "_publish", draft, visibility="password", password="oolong")

    assert (draft.visibility, draft.password) == ("password", "oolong")
    row = edith.get(reverse("admin:blog_post_changelist")).content.decode()
    assert "Protected by a password" in row
