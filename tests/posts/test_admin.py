"""Django admin as the author uses it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Comment, Post, Tag
from tests.factories import make_activity, make_comment, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db


def form(**fields) -> dict:
    """What the browser sends for a new post."""
    return {
        "title": "Tea",
        "text": "Hot **water**.",
        "status": "published",
        "topic_order": "0",
        "language": "en",
        "comments_open": "on",
        "redirects-TOTAL_FORMS": "0",
        "redirects-INITIAL_FORMS": "0",
        **fields,
    }


def test_a_post_is_written_and_read(desk, ann):
    desk.post(reverse("admin:blog_post_add"), form(author=ann.pk))

    page = desk.get("/post/tea/").content.decode()
    assert "<strong>water</strong>" in page


def test_the_author_is_whoever_writes(desk, ann):
    page = desk.get(reverse("admin:blog_post_add")).content.decode()

    assert f'<option value="{ann.pk}" selected>' in page


def test_a_chinese_title_gives_a_chinese_address(desk, ann):
    desk.post(reverse("admin:blog_post_add"), form(author=ann.pk, title="春天的茶", language="zh-hans"))

    assert desk.get("/post/春天的茶/").status_code == 200


def test_a_mistake_keeps_what_was_typed(desk, ann):
    answer = desk.post(reverse("admin:blog_post_add"), form(author=ann.pk, title="", text="A long evening's work."))

    assert answer.status_code == 200
    assert "A long evening&#x27;s work." in answer.content.decode()


@pytest.mark.parametrize("status", ["draft", "scheduled", "published"])
def test_the_list_filters_by_what_readers_see_now(desk, status):
    make_post(title="Tea 1", status="draft")
    make_post(title="Tea 2", published_at=timezone.now() + timedelta(days=1))
    make_post(title="Tea 3")
    come = make_post(title="Tea 4", published_at=timezone.now() + timedelta(days=1))
    Post.objects.filter(pk=come.pk).update(published_at=timezone.now() - timedelta(days=1))

    page = desk.get(reverse("admin:blog_post_changelist"), {"status": status}).content.decode()

    shown = {title for title in ("Tea 1", "Tea 2", "Tea 3", "Tea 4") if f">{title}</a>" in page}
    assert shown == {"draft": {"Tea 1"}, "scheduled": {"Tea 2"}, "published": {"Tea 3", "Tea 4"}}[status]


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("publish", "draft", "published"), ("unpublish", "published", "draft")],
)
def test_posts_are_published_and_withdrawn_in_bulk(desk, action, before, after):
    posts = [make_post(title=title, status=before) for title in ("One", "Two")]

    desk.post(
        reverse("admin:blog_post_changelist"), {"action": action, "_selected_action": [post.pk for post in posts]}
    )

    assert {post.status for post in Post.objects.all()} == {after}


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [("pin", "pinned", True), ("close_comments", "comments_open", False)],
)
def test_a_bulk_action_sets_its_field(desk, action, field, value):
    post = make_post()

    desk.post(reverse("admin:blog_post_changelist"), {"action": action, "_selected_action": [post.pk]})

    post.refresh_from_db()
    assert getattr(post, field) is value


def test_search_finds_words_of_the_text(desk):
    make_post(title="Hidden title", text="异步编程")

    assert "Hidden title" in desk.get(reverse("admin:blog_post_changelist"), {"q": "异步"}).content.decode()


@pytest.mark.parametrize("model", ["post", "page", "tag", "topic", "comment", "redirect"])
def test_each_list_and_form_opens(desk, model):
    make_page()
    post = make_post(tags=("tea",))
    post.slug = "other"
    post.save()

    assert desk.get(reverse(f"admin:blog_{model}_changelist"), {"q": "a"}).status_code == 200
    assert desk.get(reverse(f"admin:blog_{model}_add")).status_code in (200, 403)


def test_the_preview_is_the_readers_page_and_saves_nothing(desk):
    tag = Tag.objects.create(name="green")

    answer = desk.post(
        reverse("admin:post_preview"),
        {"title": "Unsaved", "text": "Some *words*.", "language": "en", "tags": [tag.pk]},
    )

    page = answer.content.decode()
    assert "Unsaved" in page
    assert "<em>words</em>" in page
    assert "green" in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Post.objects.exists()


def test_a_page_is_previewed_too(desk):
    answer = desk.post(reverse("admin:page_preview"), {"title": "Unsaved", "text": "Some *words*.", "language": "en"})

    assert "<em>words</em>" in answer.content.decode()


def test_the_preview_is_for_the_author_alone(client, bob):
    client.force_login(bob)

    assert client.post(reverse("admin:post_preview"), {"text": "x"}).status_code == 403


def test_a_draft_offers_no_way_to_a_page_that_is_not_there(desk):
    post = make_post(status="draft")

    assert "viewsitelink" not in desk.get(reverse("admin:blog_post_change", args=[post.pk])).content.decode()


@pytest.mark.parametrize("model", ["post", "activity", "comment", "upload"])
def test_each_list_is_filtered_by_year_and_month_in_any_time_zone(desk, settings, model):
    """On MariaDB as Debian installs it, without time zone tables, too."""
    settings.TIME_ZONE = "Asia/Shanghai"
    moment = datetime(2019, 12, 31, 18, tzinfo=UTC)  # 2020 in Shanghai
    post = make_post(published_at=moment)
    make_activity(published_at=moment)
    make_comment(post)
    Comment.objects.update(created_at=moment)
    url = reverse(f"admin:blog_{model}_changelist")

    for period in ("", "2020", "2020-01", "2019", "nonsense", "9999", "2020-13"):
        assert desk.get(url, {"period": period} if period else {}).status_code == 200

    if model != "upload":
        found = {period: desk.get(url, {"period": period}).context["cl"].result_count for period in ("2020-01", "2019")}
        assert found == {"2020-01": 1, "2019": 0}
        assert "2020-01" in desk.get(url, {"period": "2020"}).content.decode()


def test_the_preview_shows_the_chosen_author_and_topic(desk, bob):
    topic = make_topic("Teas")
    said = {"title": "Unsaved", "text": "Words.", "language": "en", "slug": "unsaved"}

    own = desk.post(reverse("admin:post_preview"), said).content.decode()
    others = desk.post(reverse("admin:post_preview"), {**said, "author": bob.pk, "topic": topic.pk}).content.decode()

    assert '<meta name="author" content="Ann">' in own
    assert 'rel="author">Ann</a>' in own
    assert "<span>Bob</span>" in others
    assert topic.url in others


@pytest.mark.parametrize("said", [{"author": "x"}, {"author": "99999"}, {"topic": "²"}, {"tags": ["²", "9" * 30]}])
def test_the_preview_survives_unfinished_choices(desk, said):
    answer = desk.post(reverse("admin:post_preview"), {"title": "Unsaved", "text": "Words.", "language": "en", **said})

    assert answer.status_code == 200


def test_field_names_in_chinese_say_what_the_field_holds(desk):
    """`published` is a time of a post and a state of a page."""
    chinese = {"Accept-Language": "zh-hans"}
    post = desk.get(reverse("admin:blog_post_add"), headers=chinese).content.decode()
    page = desk.get(reverse("admin:blog_page_add"), headers=chinese).content.decode()

    assert "发布时间" in post
    assert "创建时间" in post
    assert "更新时间" in post
    assert "已发布" in page


@pytest.mark.parametrize("slug", ["tea/green", "../..", "?", "/", "茶 一"])
def test_the_preview_survives_a_slug_that_cannot_be_saved(desk, slug):
    """It is asked for while the slug is being typed."""
    answer = desk.post(
        reverse("admin:post_preview"), {"title": "Unsaved", "text": "Some *words*.", "language": "en", "slug": slug}
    )

    assert answer.status_code == 200
    assert "<em>words</em>" in answer.content.decode()


@pytest.mark.parametrize("action", ["pin", "unpin", "close_comments", "open_comments"])
@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("en", "1 post changed.", "2 posts changed."), ("zh-hans", "已更改 1 篇文章。", "已更改 2 篇文章。")],
)
def test_a_bulk_action_says_what_it_has_done(desk, action, language, one, two):
    posts = [make_post(title=title) for title in ("One", "Two")]

    def messages(*chosen) -> str:
        data = {"action": action, "_selected_action": [post.pk for post in chosen]}
        headers = {"Accept-Language": language}
        return desk.post(reverse("admin:blog_post_changelist"), data, follow=True, headers=headers).content.decode()

    assert one in messages(posts[0])
    assert two in messages(*posts)
