"""Deleted posts and pages go to the trash and come back with their comments."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import Comment, Page, Post
from blog.posts import trash
from tests import people
from tests.factories import make_activity, make_comment, make_page, make_post

pytestmark = pytest.mark.django_db


def delete(desk, entry) -> str:
    url = reverse(f"admin:blog_{entry._meta.model_name}_delete", args=[entry.pk])
    asked = desk.get(url, follow=True)
    assert "to the trash?" in asked.content.decode()
    return desk.post(url, {"post": "yes"}, follow=True).content.decode()


def act(desk, action: str, entry) -> str:
    url = reverse(f"admin:blog_{entry._meta.model_name}_changelist") + "?trash=1"
    return desk.post(url, {"action": action, "_selected_action": [entry.pk]}, follow=True).content.decode()


@pytest.mark.parametrize("make", [make_post, make_page])
def test_readers_lose_sight_of_what_is_deleted_until_it_is_restored(desk, client, make):
    entry = make(title="Tea", slug="tea")
    url = entry.url

    page = delete(desk, entry)

    assert "“Tea” was moved to the trash." in page
    assert client.get(url).status_code == 404
    lists = reverse(f"admin:blog_{entry._meta.model_name}_changelist")
    assert ">Tea<" not in desk.get(lists).content.decode()
    assert "Tea" in desk.get(lists, {"trash": "1"}).content.decode()

    assert "1 entry restored." in act(desk, "restore", entry)

    assert client.get(url).status_code == 200
    assert ">Tea<" in desk.get(lists).content.decode()


def test_comments_come_back_with_their_post(desk, client):
    post = make_post(slug="tea")
    make_comment(post, text="Lovely.")

    delete(desk, post)
    act(desk, "restore", post)

    assert "Lovely." in client.get("/post/tea/").content.decode()


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_post_comes_back_in_its_status_and_time(desk, status):
    post = make_post(status=status)

    delete(desk, post)
    act(desk, "restore", post)

    restored = Post.objects.get()
    assert (restored.status, restored.published_at) == (post.status, post.published_at)


def test_a_slug_is_free_again_and_a_restored_post_takes_another(desk, client):
    old = make_post(title="Tea", slug="tea", text="Old.")
    delete(desk, old)
    make_post(title="Tea", slug="tea", text="New.")

    act(desk, "restore", old)

    assert "New." in client.get("/post/tea/").content.decode()
    assert "Old." in client.get("/post/tea-2/").content.decode()


def test_redirects_work_again_after_a_restore(desk, client):
    post = make_post(slug="green-tea")
    post.slug = "tea"
    post.save()

    delete(desk, post)
    assert client.get("/post/green-tea/").status_code == 404
    act(desk, "restore", post)

    assert client.get("/post/green-tea/").headers["Location"] == "/post/tea/"


def test_several_are_moved_at_once(desk):
    posts = [make_post(title=title) for title in ("One", "Two")]
    chosen = {"action": "delete_selected", "_selected_action": [post.pk for post in posts]}
    url = reverse("admin:blog_post_changelist")
    assert "Move these to the trash?" in desk.post(url, chosen).content.decode()

    desk.post(url, {**chosen, "post": "yes"})

    assert not Post.objects.exists()
    assert trash.trashed(Post).count() == 2


def test_a_delete_by_the_api_goes_to_the_trash(client, ann):
    make_post(slug="tea")
    client.force_login(ann)

    assert client.delete("/api/posts/tea/").status_code == 204

    assert client.get("/api/posts/tea/").status_code == 404
    assert client.get("/api/posts/?status=all").json()["results"] == []
    assert trash.trashed(Post).count() == 1


def test_deleted_for_good_is_gone_with_its_comments(desk):
    post, page = make_post(), make_page()
    make_comment(post)
    for entry in (post, page):
        delete(desk, entry)

        assert "1 entry deleted." in act(desk, "delete_permanently", entry)

    assert not Post.threads.exists()
    assert not Page.with_trashed.exists()
    assert not Comment.objects.exists()


def test_the_trash_is_emptied_after_its_days(desk, settings):
    settings.TRASH_KEEP_DAYS = 7
    old, young = make_post(), make_post()
    for post, days in ((old, 8), (young, 6)):
        delete(desk, post)
        Post.threads.filter(pk=post.pk).update(trashed_at=timezone.now() - timedelta(days=days))

    call_command("run_jobs", "empty_trash")

    assert list(trash.trashed(Post)) == [young]


def test_a_contributor_restores_own_drafts_only(client, ann):
    cid = people.cid()
    own, other = make_post(author=cid, status="draft"), make_post(author=ann)
    for post in (own, other):
        trash.put(Post.objects.get(pk=post.pk))
    client.force_login(cid)

    act(client, "restore", own)
    act(client, "restore", other)

    assert list(Post.objects.all()) == [own]


def test_a_contributor_deletes_own_drafts_only(client):
    draft, published = (make_post(author=people.cid(), status=status) for status in ("draft", "published"))
    client.force_login(people.cid())
    lists = reverse("admin:blog_post_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [draft.pk, published.pk]}

    assert "You cannot delete all of these." in client.post(lists, chosen).content.decode()
    assert client.post(lists, {**chosen, "post": "yes"}).status_code == 403
    assert Post.objects.count() == 2

    client.post(lists, {**chosen, "_selected_action": [draft.pk], "post": "yes"})
    assert list(Post.objects.all()) == [published]


@pytest.mark.parametrize("action", ["restore", "delete_permanently"])
def test_what_was_published_is_not_a_contributors_to_restore_or_delete_for_good(client, action):
    post = make_post(title="Tea", author=people.cid())
    trash.put(post)
    client.force_login(people.cid())

    assert "delete their own drafts only: Tea." in act(client, action, post)

    assert list(trash.trashed(Post)) == [post]


@pytest.mark.parametrize("make", [make_post, make_page])
def test_the_form_of_what_is_in_the_trash_leads_there(desk, make):
    entry = make(title="Tea")
    url = reverse(f"admin:blog_{entry._meta.model_name}_change", args=[entry.pk])
    trash.put(entry)

    page = desk.get(url, follow=True).content.decode()
    assert "“Tea” is in the trash. Restore it to edit it." in page
    assert "<h1>Trash</h1>" in page
    assert desk.get(f"{url}?trash=1").status_code == 302

    answer = desk.post(url, {"title": "Tea", "text": "Written\nmeanwhile."})
    assert answer.status_code == 403
    assert "“Tea” is in the trash, so this was not saved." in answer.content.decode()
    assert "Written\nmeanwhile.</textarea>" in answer.content.decode()


@pytest.mark.parametrize("make", [make_post, make_page, make_activity])
def test_what_is_sent_to_an_entry_that_was_deleted_for_good_can_be_copied(desk, make):
    entry = make()
    url = reverse(f"admin:blog_{entry._meta.model_name if make is make_page else entry.kind}_change", args=[entry.pk])
    entry.delete()

    answer = desk.post(url, {"text": "Written\nmeanwhile."})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "This was deleted meanwhile" in page
    assert "Written\nmeanwhile.</textarea>" in page
    assert "Send again" not in page


def test_the_list_of_the_trash_says_what_it_is_and_what_its_posts_were(desk):
    trash.put(make_post(title="Tea"))

    page = desk.get("/admin/blog/post/?trash=1").content.decode()

    assert "<h1>Trash</h1>" in page
    assert '<a href="/admin/blog/post/">Posts</a> &rsaquo; Trash</div>' in page
    assert "Add post" not in page
    assert '<span class="chip is-good">Published</span>' in page
    assert "Moved to the trash" in page


@pytest.mark.parametrize("make", [make_post, make_page])
@pytest.mark.parametrize("slug", ["Hello_World--1", "a" * 150, "ＴＥＡ"])
def test_a_slug_that_no_title_would_give_comes_back_as_it_was(desk, client, make, slug):
    """An import keeps the slugs of the old site."""
    entry = make(title="Tea", slug=slug)
    url = entry.url

    delete(desk, entry)
    act(desk, "restore", entry)

    assert client.get(url).status_code == 200
    entry.refresh_from_db()
    assert entry.slug == slug


def test_of_a_slug_taken_meanwhile_the_restored_entry_gets_another(desk, client):
    post = make_post(title="Tea", slug="Tea")
    delete(desk, post)
    make_post(title="Other tea", slug="Tea")

    act(desk, "restore", post)

    assert "Other tea" in client.get("/post/Tea/").content.decode()
    assert "We walked" in client.get("/post/tea/").content.decode()
