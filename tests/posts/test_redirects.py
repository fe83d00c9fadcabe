"""A URL that has once been published goes on leading to what was there."""

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse

from blog.models import Redirect, Tag, Topic
from blog.posts.slugs import normal_path
from tests.factories import make_comment, make_page, make_post, make_topic

pytestmark = pytest.mark.django_db


def leads_to(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 301, path
    return answer.url


def patch(desk, path: str, **fields):
    return desk.patch(path, fields, content_type="application/json")


def rename_in_admin(desk, entry, slug: str) -> None:
    url = reverse(f"admin:blog_{entry._meta.model_name}_change", args=[entry.pk])
    form = desk.get(url).context["adminform"].form
    fields = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in fields.items() if value or (value == 0 and value is not False)}
    data.pop("published_at", None)
    inlines = {"redirects-TOTAL_FORMS": 0, "redirects-INITIAL_FORMS": 0}
    answer = desk.post(url, data | inlines | {"slug": slug})
    assert answer.status_code == 302, answer.context["errors"]


def rename_by_api(desk, entry, slug: str) -> None:
    kind = {"post": "posts", "page": "pages", "tag": "tags", "topic": "topics"}[entry._meta.model_name]
    answer = patch(desk, f"/api/{kind}/{entry.slug}/", slug=slug)
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("rename", [rename_in_admin, rename_by_api])
def test_a_slug_that_two_posts_have_had_leads_to_the_later_one(desk, rename):
    first = make_post(title="First", slug="x")
    rename(desk, first, "y")
    second = make_post(title="Second", slug="x")
    rename(desk, second, "z")

    assert leads_to(desk, "/post/x/") == "/post/z/"
    assert desk.get("/post/y/").status_code == 200


@pytest.mark.parametrize("make", [make_page, lambda title, slug: make_topic(title, slug=slug)])
def test_two_pages_or_topics_can_have_had_one_slug(desk, make):
    first = make(title="First", slug="x")
    rename_by_api(desk, first, "y")
    second = make(title="Second", slug="x")
    rename_by_api(desk, second, "z")

    assert Redirect.objects.get().entry == second


def test_a_draft_takes_no_url_from_what_readers_saw(desk):
    rename_by_api(desk, make_post(title="First", slug="x"), "y")
    rename_by_api(desk, make_post(title="Second", slug="x", status="draft"), "z")

    assert leads_to(desk, "/post/x/") == "/post/y/"


def test_a_slug_taken_back_leaves_no_redirect_to_itself(desk):
    post = make_post(title="Tea", slug="tea")
    for slug in ("other", "tea"):
        rename_by_api(desk, post, slug)
        post.refresh_from_db()

    assert list(Redirect.objects.values_list("path", flat=True)) == ["/post/other"]


@pytest.mark.parametrize("kind", ["tag", "topic"])
@pytest.mark.parametrize("rest", ["", "atom.xml", "rss.xml", "feed.json"])
def test_a_renamed_tag_or_topic_is_found_with_its_feeds(desk, kind, rest):
    topic = make_topic("Walks")
    make_post(tags=("tea",), topic=topic)
    old, entry = ("tea", Tag.objects.get()) if kind == "tag" else ("walks", topic)

    rename_in_admin(desk, entry, "new")

    assert leads_to(desk, f"/{kind}/{old}/{rest}") == f"/{kind}/new/{rest}"
    assert desk.get(f"/{kind}/new/{rest}").status_code == 200


@pytest.mark.parametrize("kind", ["tag", "topic"])
@pytest.mark.parametrize(("usual", "feed"), [("feed/", "atom.xml"), ("index.xml", "rss.xml"), ("", "")])
def test_the_usual_feed_urls_of_a_renamed_tag_or_topic_take_one_step(desk, kind, usual, feed):
    make_post(tags=("tea",), topic=make_topic("tea"))
    entry = (Tag if kind == "tag" else Topic).objects.get()

    rename_in_admin(desk, entry, "新")

    assert leads_to(desk, f"/{kind}/tea/{usual}") == f"/{kind}/%E6%96%B0/{feed}"
    assert desk.get(f"/{kind}/none/{usual}").status_code == 404


@pytest.mark.parametrize("make", [make_post, make_page])
def test_an_old_slug_without_its_slash_takes_one_step(desk, make):
    entry = make(title="Tea")
    prefix = entry.url.removesuffix("tea/")
    rename_in_admin(desk, entry, "茶")

    assert leads_to(desk, f"{prefix}tea") == f"{prefix}%E8%8C%B6/"
    assert leads_to(desk, f"{prefix}茶") == f"{prefix}%E8%8C%B6/"
    assert desk.get(f"{prefix}none").status_code == 404


def test_the_pages_of_a_long_tag_move_along(desk, settings):
    settings.POSTS_PER_PAGE = 1
    for title in ("One", "Two"):
        make_post(title=title, tags=("tea",))

    rename_by_api(desk, Tag.objects.get(), "茶")

    assert leads_to(desk, "/tag/tea/page/2/") == "/tag/%E8%8C%B6/page/2/"
    assert desk.get("/tag/tea/nothing/").status_code == 404


def test_a_renamed_posts_comment_feed_moves_along(desk):
    post = make_post(title="Tea")
    make_comment(post)

    rename_by_api(desk, post, "cup")

    assert leads_to(desk, "/post/tea/comments.xml") == "/post/cup/comments.xml"


def test_a_tag_whose_posts_are_drafts_is_not_told(desk):
    make_post(status="draft", tags=("secret",))
    rename_by_api(desk, Tag.objects.get(), "plan")

    assert Client().get("/tag/secret/").status_code == 404


def save_in_admin(desk, **fields):
    return desk.post(reverse("admin:blog_redirect_add"), fields)


@pytest.mark.parametrize(
    "typed",
    [
        "/2020/%E6%97%A7/",
        "2020/旧/",
        "http://testserver/2020/%E6%97%A7/",
        "/2020/旧/index.html",
        " /2020/旧?from=mail ",
    ],
)
@pytest.mark.parametrize("asked", ["/2020/旧/", "/2020/旧"])
def test_a_redirect_is_entered_as_it_is_copied(desk, typed, asked):
    post = make_post()

    assert save_in_admin(desk, path=typed, post=post.pk).status_code == 302

    assert leads_to(desk, asked) == post.url


def test_a_long_chinese_path_is_taken_percent_encoded(desk):
    path = "/2020/" + "很长的标题" * 20

    assert save_in_admin(desk, path="/2020/" + "%E5%BE%88" * 100 + "/", url="/tags/").status_code == 302
    assert save_in_admin(desk, path=path, url="/tags/").status_code == 302
    assert leads_to(desk, "/2020/" + "很" * 100 + "/") == "/tags/"


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/atom.xml", "/atom.xml"),
        ("/archives/2020/", "/archives/2020/"),
        ("tags/", "/tags/"),
        ("/search/?q=tea", "/search/?q=tea"),
        ("http://testserver/topics/", "/topics/"),
        ("/", "/"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
        ("/uploads/a.pdf", "/uploads/a.pdf"),
    ],
)
def test_a_redirect_leads_to_any_path_or_url(desk, settings, target, url):
    settings.ALLOWED_HOSTS = ["testserver"]

    assert save_in_admin(desk, path="/old/", url=target).status_code == 302

    assert leads_to(desk, "/old/") == url


def test_a_target_is_found_again_after_it_was_renamed(desk):
    make_post(tags=("tea",))
    save_in_admin(desk, path="/old/", url="/tag/tea/")

    rename_by_api(desk, Tag.objects.get(), "cup")

    assert leads_to(desk, "/old/") == "/tag/cup/"


def errors(answer) -> str:
    assert answer.status_code == 200
    return " ".join(message for messages in answer.context["errors"] for message in messages)


def test_a_redirect_without_a_target_asks_for_one(desk):
    answer = save_in_admin(desk, path="/old/")

    assert errors(answer) == "Choose one target: a post, a page, a tag, a topic or another URL."
    desk.cookies["django_language"] = "zh-hans"
    assert "目标" in errors(save_in_admin(desk, path="/old/"))


def test_a_redirect_with_two_targets_is_refused(desk):
    assert "Choose one target" in errors(save_in_admin(desk, path="/old/", post=make_post().pk, url="/tags/"))


@pytest.mark.parametrize("path", ["/", "", "https://testserver/", "?p=1"])
def test_the_home_page_cannot_redirect(desk, path):
    assert errors(save_in_admin(desk, path=path, url="/tags/"))


@pytest.mark.parametrize("path", ["/tags/", "/atom.xml", "/post/tea/"])
def test_a_redirect_that_a_page_hides_is_refused(desk, path):
    make_post(title="Tea")

    assert "never be used" in errors(save_in_admin(desk, path=path, url="/topics/"))


@pytest.mark.parametrize("url", ["javascript://x", "ftp://example.org/x", "https://"])
def test_what_is_no_url_is_refused(desk, url):
    assert "begins with" in errors(save_in_admin(desk, path="/old/", url=url))


def test_no_redirects_lead_in_a_circle(desk):
    assert "circle" in errors(save_in_admin(desk, path="/a/", url="/a"))
    for path, url in (("/a/", "/b/"), ("/b/", "/c/")):
        assert save_in_admin(desk, path=path, url=url).status_code == 302

    assert "circle" in errors(save_in_admin(desk, path="/c", url="/a/"))


def test_a_chain_is_followed_in_one_step(desk):
    post = make_post(title="Tea")
    save_in_admin(desk, path="/a/", url="/b/")
    save_in_admin(desk, path="/b/", post=post.pk)
    save_in_admin(desk, path="/c/", url="/a/")

    assert [leads_to(desk, path) for path in ("/a/", "/b/", "/c/")] == [post.url] * 3


def test_a_redirect_is_entered_with_its_post_too(desk):
    post = make_post(title="Tea")
    url = reverse("admin:blog_post_change", args=[post.pk])
    form = {
        "title": "Tea",
        "slug": "tea",
        "text": "x",
        "language": "en",
        "status": "published",
        "topic_order": 0,
        "author": post.author_id,
        "redirects-TOTAL_FORMS": 1,
        "redirects-INITIAL_FORMS": 0,
        "redirects-0-path": "https://old.example/2019/%E8%8C%B6.html",
        "redirects-0-post": post.pk,
    }

    answer = desk.post(url, form)

    assert answer.status_code == 302, answer.context["errors"]
    assert leads_to(desk, "/2019/茶.html") == post.url


def test_a_form_is_answered_with_404_not_with_a_redirect(desk):
    Redirect.objects.create(path="/api/old", post=make_post())

    assert desk.post("/api/old/").status_code == 404
    assert desk.get("/api/old/").status_code == 301


def test_an_existing_redirect_can_be_saved_while_a_page_hides_it(desk):
    first = make_post(title="First", slug="x")
    rename_by_api(desk, first, "y")
    make_post(title="Second", slug="x")

    first.refresh_from_db()
    first.redirects.get().full_clean()


def delete_by_api(desk, entry) -> None:
    kind = {"post": "posts", "page": "pages", "tag": "tags", "topic": "topics"}[entry._meta.model_name]
    assert desk.delete(f"/api/{kind}/{entry.slug}/").status_code == 204


def delete_in_admin(desk, entry) -> None:
    url = reverse(f"admin:blog_{entry._meta.model_name}_delete", args=[entry.pk])
    assert desk.post(url, {"post": "yes"}).status_code == 302


@pytest.mark.parametrize("delete", [delete_by_api, delete_in_admin])
@pytest.mark.parametrize("kind", ["post", "page", "tag", "topic"])
def test_what_was_renamed_can_be_deleted_with_its_redirects(desk, kind, delete):
    make = {"post": make_post, "page": make_page, "topic": make_topic, "tag": lambda: Tag.objects.create(name="Old")}
    entry = make[kind]()
    old = entry.url
    rename_by_api(desk, entry, "new")
    entry.refresh_from_db()
    Redirect.objects.create(path="/elsewhere", url="/archives/")

    delete(desk, entry)

    assert not type(entry).objects.filter(pk=entry.pk).exists()
    kept = [normal_path(old)] if kind in {"post", "page"} else []  # they are in the trash, and may be restored
    assert sorted(redirect.path for redirect in Redirect.objects.all()) == ["/elsewhere", *kept]
    assert Client().get(old).status_code == 404


@pytest.mark.parametrize("asks", ["sync", "async"])
def test_redirects_are_followed_with_debug_on_too(client, async_client, settings, asks):
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "blog.error_views.follow_redirects"]
    Redirect.objects.create(path="/2020/old", url="/tags/")

    def get(path: str):
        return client.get(path) if asks == "sync" else async_to_sync(async_client.get)(path)

    assert get("/2020/old/").headers["Location"] == "/tags/"
    assert get("/2020/nothing/").status_code == 404
