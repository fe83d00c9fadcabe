"""What the four roles may do at the author's desk; what they may by the API is in tests/api."""

import pytest
from django.urls import reverse

from accounts.models import User
from blog.models import Post
from tests import people
from tests.factories import make_comment, make_post

pytestmark = pytest.mark.django_db

FORM = {
    "title": "A draft",
    "text": "Words.",
    "summary": "",
    "language": "en",
    "tags": [],
    "cover_link": "",
    "_save": "Save",
}


def change(post: Post) -> str:
    return reverse("admin:blog_post_change", args=[post.pk])


def test_whoever_owns_the_blog_is_its_author():
    assert people.ann().role == "author"
    assert people.cid().is_staff
    assert not people.cid().is_superuser


def test_a_contributor_writes_drafts_in_her_own_name(client):
    client.force_login(people.cid())

    answer = client.post(reverse("admin:blog_post_add"), {**FORM, "status": "published", "author": people.ann().pk})

    assert answer.status_code == 302, answer.context["errors"]
    post = Post.objects.get()
    assert (post.status, post.author) == ("draft", people.cid())


def test_a_contributor_does_not_publish_by_an_action(client):
    post = make_post(status="draft", author=people.cid(), published_at=None)
    client.force_login(people.cid())

    client.post(reverse("admin:blog_post_changelist"), {"action": "publish", "_selected_action": [post.pk]})

    post.refresh_from_db()
    assert post.status == "draft"


def test_a_contributor_lets_go_of_what_is_published(client):
    post = make_post(author=people.cid())
    client.force_login(people.cid())

    assert client.get(change(post)).context["has_change_permission"] is False
    assert client.post(change(post), FORM).status_code == 403


def test_a_contributor_sees_nothing_of_others(client):
    post = make_post(title="Secret plans", status="draft", published_at=None)
    comment = make_comment(post)
    client.force_login(people.cid())

    assert "Secret plans" not in client.get(reverse("admin:blog_post_changelist")).content.decode()
    assert client.get(change(post)).status_code == 302
    assert client.get(reverse("admin:blog_comment_change", args=[comment.pk])).status_code == 403
    assert client.get("/admin/moderation/").status_code == 403
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_an_editor_publishes_and_moderates_and_knows_no_accounts(client):
    post = make_post(status="draft", published_at=None)
    client.force_login(people.edith())

    client.post(reverse("admin:blog_post_changelist"), {"action": "publish", "_selected_action": [post.pk]})

    post.refresh_from_db()
    assert post.status == "published"
    assert client.get("/admin/moderation/").status_code == 200
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_the_owner_gives_roles(client):
    client.force_login(people.ann())
    bob = people.bob()
    page = client.get(reverse("admin:accounts_user_change", args=[bob.pk]))
    form = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    form |= {"role": "editor", "date_joined_0": "2026-01-01", "date_joined_1": "10:00", "_save": "Save"}
    inlines = [inline.formset.prefix for inline in page.context["inline_admin_formsets"]]
    counts = ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
    form |= {f"{inline}-{name}_FORMS": 0 for inline in inlines for name in counts}

    answer = client.post(reverse("admin:accounts_user_change", args=[bob.pk]), form)

    assert answer.status_code == 302, answer.context["errors"]
    bob = User.objects.get(pk=bob.pk)
    assert bob.can_publish
    assert bob.is_staff
    assert not bob.is_superuser


def test_who_is_no_staff_any_more_has_no_role_that_counts():
    edith = people.edith()
    edith.is_staff = False
    edith.save()

    assert not edith.can_write
    assert not edith.has_perm("blog.change_post")
