"""The admin's form of a post: its buttons, its messages, tags made by typing, slugs in pinyin."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Post, Tag
from tests import people
from tests.factories import make_activity, make_page, make_post

pytestmark = pytest.mark.django_db


def sent(**fields) -> dict:
    return {
        "title": "Tea",
        "text": "Hot water.",
        "status": "draft",
        "topic_order": "0",
        "language": "en",
        "comments_open": "on",
        "redirects-TOTAL_FORMS": "0",
        "redirects-INITIAL_FORMS": "0",
        **fields,
    }


def save(desk, button: str, post: Post | None = None, **fields) -> tuple[Post, str]:
    """The post, and what the page says afterwards."""
    if post:
        url = reverse("admin:blog_post_change", args=[post.pk])
        fields = {"title": post.title, "slug": post.slug, "author": post.author_id, "status": post.status, **fields}
        if post.published_at and "published_at_0" not in fields:
            fields |= {
                "published_at_0": f"{post.published_at:%Y-%m-%d}",
                "published_at_1": f"{post.published_at:%H:%M}",
            }
    else:
        url = reverse("admin:blog_post_add")
        fields = {"author": people.ann().pk, **fields}
    answer = desk.post(url, sent(**{button: "x"}, **fields), follow=True)
    saved = Post.objects.get(title=fields.get("title", "Tea"))
    assert answer.redirect_chain == [(reverse("admin:blog_post_change", args=[saved.pk]), 302)]
    return saved, answer.content.decode()


def test_save_draft_keeps_a_draft_and_stays_in_the_form(desk):
    post, page = save(desk, "_continue")

    assert post.status == "draft"
    assert "Draft saved." in page
    assert 'name="_publish"' in page


def test_publish_publishes_now_and_links_to_the_post(desk):
    post, page = save(desk, "_publish")

    assert post.status == "published"
    assert f'Published. <a href="{post.url}">View post</a>' in page
    assert 'value="Update"' in page
    assert 'value="Unpublish"' in page


def test_publish_with_a_time_to_come_schedules(desk):
    post, page = save(desk, "_publish", published_at_0="2099-03-05", published_at_1="10:00")

    assert post.status == "scheduled"
    assert "Scheduled for March 5, 2099" in page
    assert 'name="_publish_now"' in page


def test_a_scheduled_post_is_published_now_or_unscheduled(desk):
    make_post(title="Tea", published_at=timezone.now() + timedelta(days=9))

    post, _page = save(desk, "_publish_now", Post.objects.get())
    assert post.status == "published"
    assert post.published_at <= timezone.now()

    post, _page = save(desk, "_unpublish", post)
    assert post.status == "draft"


def test_update_changes_the_text_and_nothing_else(desk):
    before = make_post(title="Tea", slug="tea")

    post, page = save(desk, "_continue", before, text="Cold water.")

    assert (post.status, post.text, post.slug) == ("published", "Cold water.", "tea")
    assert "Updated." in page


def test_a_contributor_saves_drafts_and_is_offered_no_more(client):
    cid = people.cid()
    client.force_login(cid)

    client.post(reverse("admin:blog_post_add"), sent(_publish="x"))

    post = Post.objects.get()
    assert (post.status, post.author) == ("draft", cid)
    page = client.get(reverse("admin:blog_post_change", args=[post.pk])).content.decode()
    assert 'name="_continue"' in page
    assert 'name="_publish"' not in page


def test_tags_are_made_by_their_names(desk):
    known = Tag.objects.create(name="2026")

    post, _page = save(desk, "_continue", tags=[str(known.pk), "new:乌龙", "new:2026", "new:乌龙"])

    assert sorted(tag.name for tag in post.tags.all()) == ["2026", "乌龙"]
    assert Tag.objects.count() == 2


def test_a_refused_form_shows_the_new_tags_again(desk, ann):
    answer = desk.post(reverse("admin:blog_post_add"), sent(_continue="x", title="", author=ann.pk, tags=["new:乌龙"]))

    assert '<option value="new:乌龙" selected>乌龙</option>' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "says"),
    [("茶" * 101, "Ensure this value has at most 100 characters (it has 101)."), (" ", "Enter a name.")],
)
def test_a_tag_that_cannot_be_made_is_named_in_the_form(desk, ann, name, says):
    answer = desk.post(
        reverse("admin:blog_post_add"), sent(_continue="x", title="Tea", author=ann.pk, tags=[f"new:{name}"])
    )

    page = answer.content.decode()
    assert says in page
    assert f'<option value="new:{name}" selected>' in page
    assert not Tag.objects.exists()


def test_a_contributor_makes_no_tags(client):
    client.force_login(people.cid())

    answer = client.post(reverse("admin:blog_post_add"), sent(_continue="x", tags=["new:乌龙"]))

    assert "You cannot create tags." in answer.content.decode()
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("title", "slug", "pinyin"),
    [
        ("春天的茶", "春天的茶", "chun-tian-de-cha"),
        ("异步 Django：一", "异步-django-一", "yi-bu-django-yi"),
        ("Tea", "tea", "tea"),
    ],
)
def test_a_slug_is_offered_in_pinyin(desk, title, slug, pinyin):
    answer = desk.get(reverse("admin:post_suggest_slug"), {"title": title})

    assert answer.json() == {"slug": slug, "pinyin": pinyin}


def edit_url(client, post) -> str | None:
    return client.get("/api/me/", {"post": post.pk}).json()["edit_url"]


def test_the_edit_link_of_a_page_is_for_those_who_may_edit_pages(client, desk, bob):
    page = make_page()

    def link(client, pk: int = page.pk) -> str | None:
        return client.get("/api/me/", {"page": pk}).json()["edit_url"]

    assert link(desk) == reverse("admin:blog_page_change", args=[page.pk])
    assert link(desk, page.pk + 1) is None
    assert desk.get(page.url).content == client.get(page.url).content
    for user, expected in ((None, None), (bob, None), (people.cid(), None), (people.edith(), link(desk))):
        client.logout()
        if user:
            client.force_login(user)
        assert link(client) == expected


def test_the_edit_link_is_for_those_who_may_edit(client, desk, bob):
    post, activity = make_post(), make_activity()
    assert edit_url(desk, post) == reverse("admin:blog_post_change", args=[post.pk])
    assert edit_url(desk, activity) == reverse("admin:blog_activity_change", args=[activity.pk])

    for user in (None, bob, people.cid()):
        client.logout()
        if user:
            client.force_login(user)
        assert edit_url(client, post) is None


def test_labels_and_the_title_of_a_form_with_errors_are_chinese(desk):
    form = sent(title="", _continue="x")
    page = desk.post(reverse("admin:blog_post_add"), form, headers={"accept-language": "zh-CN"}).content.decode()

    assert ">标题：</label>" in page
    assert not re.search(r"<title>[A-Z]", page)
    assert not re.search(r":</(label|legend)>", page)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_date_that_some_time_zones_cannot_show_is_refused(desk, ann, client, day):
    """Published, it would have been a server error on the front page after a change of the site's time zone."""
    form = sent(_publish="x", author=ann.pk, published_at_0=day, published_at_1="12:00")
    answer = desk.post(reverse("admin:blog_post_add"), form)
    assert "Enter a year between 1001 and 9998." in answer.content.decode()

    client.force_login(ann)
    for path, data in (("/api/posts/", {"title": "Tea", "text": "Hot."}), ("/api/activities/", {"text": "Hot."})):
        data["published_at"] = f"{day}T12:00:00Z"
        error = client.post(path, data, content_type="application/json").json()["error"]
        assert error["fields"] == {"published_at": ["Enter a year between 1001 and 9998."]}
    assert not Post.threads.exists()


CRAFTED = [
    *[("post", name) for name in ("tags", "topic", "translation_of")],
    *[("redirect", name) for name in ("post", "page", "tag", "topic")],
    ("block", "user"),
]


@pytest.mark.parametrize("value", ["abc", "9" * 30])
@pytest.mark.parametrize(("model", "name"), CRAFTED)
def test_what_is_no_key_is_refused_in_the_form(desk, model, name, value):
    url = f"/admin/blog/{model}/add/"

    assert desk.get(f"{url}?{name}={value}").status_code == 200
    response = desk.post(url, {"title": "Tea", "path": "/tea/", name: value})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors[name]
