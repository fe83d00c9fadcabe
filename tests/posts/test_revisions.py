"""Revisions of posts and pages: recorded, compared, restored, thinned."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import Page, Post, Revision
from blog.posts import revisions
from tests import people
from tests.factories import make_page, make_post
from tests.posts.test_writing_form import save

pytestmark = pytest.mark.django_db


def kinds(entry) -> list[tuple[str, str]]:
    """Oldest first."""
    return [(each.kind, each.text) for each in reversed(revisions.of(entry))]


def test_each_save_is_a_revision_by_whom_and_when(desk, ann):
    post, _page = save(desk, "_continue", text="One.")
    save(desk, "_continue", post, text="Two.")
    post.refresh_from_db()
    save(desk, "_publish", post, text="Two.")
    post.refresh_from_db()
    save(desk, "_continue", post, text="Three.")

    assert kinds(post) == [("draft", "One."), ("draft", "Two."), ("published", "Two."), ("updated", "Three.")]
    assert {each.user for each in Revision.objects.all()} == {ann}


def test_a_save_that_changes_no_words_is_none(desk):
    post, _page = save(desk, "_continue", text="One.")

    save(desk, "_continue", post, text="One.", pinned="on")

    assert kinds(post) == [("draft", "One.")]


def test_what_was_written_before_revisions_were_kept_stays_as_one(desk):
    post = make_post(title="Tea", slug="tea", text="Imported.")

    save(desk, "_continue", post, text="Edited.")

    assert kinds(post) == [("updated", "Imported."), ("updated", "Edited.")]


def test_programs_leave_revisions_too(client, ann):
    post = make_post(slug="tea", text="One.")
    client.force_login(ann)

    client.patch("/api/posts/tea/", {"text": "Two."}, content_type="application/json")

    assert kinds(post) == [("updated", "One."), ("updated", "Two.")]


@pytest.mark.parametrize("make", [make_post, make_page])
def test_the_difference_is_shown_and_a_revision_restored(desk, make):
    entry = make(title="Tea", text="Green tea.")
    with revisions.recording(entry, None):
        entry.text = "Black tea."
        entry.save()
    url = reverse(f"admin:blog_{entry._meta.model_name}_revisions", args=[entry.pk])
    first = revisions.of(entry).last()

    page = desk.get(url, {"revision": first.pk}).content.decode()
    assert "<del>Green</del><ins>Black</ins> tea." in page

    answer = desk.post(url, {"revision": first.pk}, follow=True)

    entry.refresh_from_db()
    assert entry.text == "Green tea."
    assert "The revision was restored." in answer.content.decode()
    assert kinds(entry)[-1] == ("updated", "Green tea.")
    assert desk.get(entry.url).content.decode().count("Green tea.")


def test_a_revision_of_another_post_is_not_restored(desk):
    post, other = make_post(text="One."), make_post(text="Other.")
    with revisions.recording(other, None):
        other.text = "Changed."
        other.save()
    url = reverse("admin:blog_post_revisions", args=[post.pk])

    assert desk.post(url, {"revision": revisions.of(other).first().pk}).status_code == 404
    for wrong in ("", "x", "9" * 30):
        assert desk.post(url, {"revision": wrong}).status_code == 404


@pytest.mark.parametrize("model", ["post", "page"])
def test_a_url_that_names_no_entry_leads_back_with_a_message(desk, model):
    page = desk.get(f"/admin/blog/{model}/abc/change/", follow=True)

    assert page.redirect_chain == [("/admin/", 302)]
    assert "“abc” doesn’t exist" in page.content.decode()


def test_a_contributor_sees_only_revisions_of_own_drafts(client, ann):
    cid = people.cid()
    own, other = make_post(author=cid, status="draft"), make_post(author=ann, status="draft")
    client.force_login(cid)

    assert client.get(reverse("admin:blog_post_revisions", args=[own.pk])).status_code == 200
    assert client.get(reverse("admin:blog_post_revisions", args=[other.pk])).status_code == 404


def test_old_drafts_are_thinned_and_what_readers_saw_is_kept():
    now, hour, day = timezone.now(), timedelta(hours=1), timedelta(days=1)
    post, page = make_post(status="draft"), make_page()

    def add(kind: str, entry: Post | Page, *times: datetime) -> None:
        for time in times:
            revisions.add(entry, kind, "Tea", f"{time:%Y-%m-%d %H}", created_at=time)

    today = [now - n * hour for n in (1, 2, 3)]
    one_day = [(now - 3 * day).replace(hour=hour) for hour in (12, 11, 10)]
    one_month = [(now - 70 * day).replace(day=n) for n in (15, 14, 13)]
    another_month = [one_month[0].replace(day=1) - 20 * day]
    add("draft", post, *today, *one_day, *one_month, *another_month)
    add("updated", post, *one_month)
    add("draft", page, one_day[1])

    call_command("run_jobs", "thin_revisions")

    kept = [each.created_at for each in revisions.of(post).filter(kind="draft")]
    assert kept == [*today, one_day[0], one_month[0], *another_month]
    assert revisions.of(post).filter(kind="updated").count() == 3
    assert revisions.of(page).count() == 1
