"""The admin's pages of one post: what a save says, revisions, preview links, slugs; and the list of pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Page, Post, PreviewLink, Revision
from tests import people
from tests.factories import make_activity, make_page, make_post, make_topic
from tests.posts.test_writing_form import save, sent

pytestmark = pytest.mark.django_db
CHINESE = {"Accept-Language": "zh-hans"}


def press(client, post: Post, button: str, **fields) -> str:
    url = reverse("admin:blog_post_change", args=[post.pk])
    data = sent(title=post.title, text=post.text, author=post.author_id, status=post.status, slug=post.slug)
    return client.post(url, {**data, button: "x", **fields}, follow=True, headers=CHINESE).content.decode()


def test_each_button_says_in_chinese_what_became_of_the_post(desk, settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    post = make_post(title="茶", status="draft", published_at=None, language="zh-hans")

    def after(button: str, **fields) -> str:
        found = press(desk, post, button, **fields)
        post.refresh_from_db()
        return found

    assert "草稿已保存。" in after("_continue")
    assert "将于 2099年1月2日 08:30 发布。" in after("_publish", published_at_0="2099-01-02", published_at_1="08:30")
    assert post.status == "scheduled"
    assert "文章已发布。" in after("_publish_now", published_at_0="2099-01-02", published_at_1="08:30")
    assert post.published_at <= timezone.now()
    assert "文章已更新。" in after("_continue", text="新茶。")
    assert "草稿已保存。" in after("_unpublish")
    assert post.status == "draft"


def test_a_time_in_the_past_is_kept_when_a_draft_is_published(desk, client):
    post = make_post(title="Tea", status="draft", published_at=None)

    press(desk, post, "_publish", published_at_0="2001-02-03", published_at_1="04:05")

    assert client.get("/api/posts/tea/").json()["published_at"] == "2001-02-03T04:05:00Z"
    assert client.get("/archives/2001/2/").status_code == 200


def test_a_time_that_is_none_is_refused_and_nothing_is_published(desk):
    post = make_post(title="Tea", status="draft", published_at=None)

    page = press(desk, post, "_publish", published_at_0="2001-02-30", published_at_1="25:00")

    assert "errorlist" in page
    post.refresh_from_db()
    assert (post.status, post.published_at) == ("draft", None)


@pytest.mark.parametrize("make", [make_post, make_page])
def test_a_revision_that_is_not_there_is_not_found(desk, make):
    entry, other = make(title="Tea", text="One."), make(title="Coffee")
    url = reverse(f"admin:blog_{entry._meta.model_name}_revisions", args=[entry.pk])
    foreign = Revision.objects.create(
        **{entry._meta.model_name: other}, kind="draft", title="Coffee", text="Hot.", created_at=timezone.now()
    )

    assert desk.get(url).status_code == 200
    for key in ("x", "0", "999", "9" * 30, foreign.pk):
        assert desk.get(url, {"revision": key}).status_code == 404, key
        assert desk.post(url, {"revision": key}).status_code == 404, key
    assert desk.post(url, {}).status_code == 404
    entry.refresh_from_db()
    assert entry.text == "One."


def test_revisions_are_for_those_who_may_change_the_post(ann):
    post = make_post(title="Tea", author=ann)
    own = make_post(title="Mine", status="draft", author=people.cid())
    client = Client()
    client.force_login(people.cid())

    def status(each: Post) -> int:
        return client.get(reverse("admin:blog_post_revisions", args=[each.pk])).status_code

    assert (status(own), status(post)) == (200, 404)
    own.status = "published"
    own.save()
    assert status(own) == 403
    assert client.get(reverse("admin:blog_post_revisions", args=[999])).status_code == 404


def test_a_restored_revision_is_said_in_chinese_and_readers_see_it(desk, client):
    post, _page = save(desk, "_publish", text="One.")
    save(desk, "_continue", post, text="Two.")
    first = Revision.objects.get(text="One.")

    page = desk.post(
        reverse("admin:blog_post_revisions", args=[post.pk]), {"revision": first.pk}, follow=True, headers=CHINESE
    )

    assert "已恢复到该修订版本。" in page.content.decode()
    assert "One." in client.get("/post/tea/").content.decode()
    assert [each.text for each in post.revisions.all()] == ["One.", "Two.", "One."]


def test_a_preview_link_is_revoked_by_its_own_post_only(desk):
    draft, other = make_post(title="Tea", status="draft"), make_post(title="Coffee", status="draft")
    kept = PreviewLink.objects.create(post=other)
    url = reverse("admin:blog_post_preview_links", args=[draft.pk])

    for token in ("none", kept.token):
        assert desk.post(url, {"revoke": token}).status_code == 302
    assert list(PreviewLink.objects.all()) == [kept]
    assert desk.get(reverse("admin:blog_post_preview_links", args=[999])).status_code == 404


@pytest.mark.parametrize("status", ["pending", "scheduled"])
def test_a_preview_link_shows_what_is_not_published_yet_and_is_not_indexed(client, status):
    post = make_post(title="Tea", text="Hot.", status=status, days_ago=-1)
    link = PreviewLink.objects.create(post=post)

    page = client.get(f"/preview/{link.token}/")

    assert "Hot." in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    PreviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"/preview/{link.token}/").status_code == 404


def test_a_slug_is_suggested_for_any_title(desk, bob):
    url = reverse("admin:post_suggest_slug")
    wanted = {
        "春天的茶": {"slug": "春天的茶", "pinyin": "chun-tian-de-cha"},
        "Tea & Cake: 一": {"slug": "tea-cake-一", "pinyin": "tea-cake-yi"},
        "Ｔｅａ": {"slug": "tea", "pinyin": "tea"},
        "!?": {"slug": "", "pinyin": ""},
        "": {"slug": "", "pinyin": ""},
        "🫖": {"slug": "", "pinyin": ""},
    }

    for title, said in wanted.items():
        assert desk.get(url, {"title": title}).json() == said, title
    assert len(desk.get(url, {"title": "x" * 10_000}).json()["slug"]) == 100
    reader = Client()
    reader.force_login(bob)
    assert reader.get(url, {"title": "Tea"}).status_code == 302


def test_a_title_of_signs_only_gets_a_slug_all_the_same(desk, client):
    desk.post(reverse("admin:blog_post_add"), sent(title="🫖", status="published", author=people.ann().pk))
    desk.post(reverse("admin:blog_post_add"), sent(title="!?", status="published", author=people.ann().pk))

    assert {post.title: post.slug for post in Post.objects.all()} == {"🫖": "post", "!?": "post-2"}
    assert client.get("/post/post/").status_code == 200


def test_the_list_of_pages_saves_the_menu_and_leaves_the_rest(desk, client):
    about, contact = make_page(title="About", menu_order=1), make_page(title="Contact", menu_order=2)
    form = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-id": about.pk,
        "initial-form-0-menu_order": "1",
        "form-0-menu_order": "3",
        "initial-form-0-in_menu": "on",
        "form-0-in_menu": "on",
        "form-1-id": contact.pk,
        "initial-form-1-menu_order": "2",
        "form-1-menu_order": "2",
        "initial-form-1-in_menu": "on",
        "_save": "Save",
    }
    Page.objects.filter(pk=about.pk).update(title="About us")

    page = desk.post(reverse("admin:blog_page_changelist"), form, follow=True)

    assert page.status_code == 200
    assert list(Page.objects.values_list("title", "menu_order", "in_menu")) == [
        ("Contact", 2, False),
        ("About us", 3, True),
    ]
    home = client.get("/").content.decode()
    assert '<a href="/p/about/"' in home
    assert '<a href="/p/contact/"' not in home
    assert client.get("/p/contact/").status_code == 200


def test_an_unpublished_page_is_in_no_menu_list_or_sitemap(desk):
    make_page(title="Secret", text="Plans.", is_published=False)
    stranger = Client()

    for url in ("/", "/sitemap.xml", "/api/pages/"):
        assert "secret" not in stranger.get(url).content.decode().lower(), url
    assert stranger.get("/p/secret/").status_code == 404
    assert stranger.get("/api/pages/secret/").status_code == 404
    assert desk.get("/api/pages/secret/").json()["text"] == "Plans."


@pytest.mark.parametrize("model", ["post", "page", "tag", "topic", "activity", "redirect"])
@pytest.mark.parametrize("key", ["x", "999", "9" * 30])
def test_a_form_of_what_is_not_there_leads_home_with_a_message(desk, model, key):
    answer = desk.get(f"/admin/blog/{model}/{key}/change/", follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain[0] == ("/admin/", 302)
    assert "doesn’t exist" in answer.content.decode()


def test_a_form_of_a_post_deleted_meanwhile_gives_the_text_back(desk):
    activity = make_activity(text="A heron.")
    url = f"/admin/blog/activity/{activity.pk}/change/"
    activity.delete()

    answer = desk.post(url, {"text": "A long evening's work.", "language": "en", "links": ""})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "This was deleted meanwhile" in page
    assert "A long evening" in page


def test_a_deleted_topic_leaves_its_posts(desk, client):
    topic = make_topic("Teas")
    make_post(title="Tea", topic=topic, tags=("hot",))

    assert desk.delete("/api/topics/teas/").status_code == 204
    assert desk.delete("/api/tags/hot/").status_code == 204

    assert client.get("/topic/teas/").status_code == 404
    assert client.get("/tag/hot/").status_code == 404
    post = client.get("/api/posts/tea/").json()
    assert (post["topic"], post["tags"]) == (None, [])
