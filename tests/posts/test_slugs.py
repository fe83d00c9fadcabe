import pytest
from django.urls import reverse

from blog.models import Redirect
from blog.posts.slugs import slug_for
from tests.factories import make_page, make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("异步 Django：从零开始", "异步-django-从零开始"),
        ("「引号」与，标点。", "引号-与-标点"),
        ("Don't panic", "dont-panic"),
        ("C++ & Rust", "c-rust"),
        ("!!!", ""),
        ("  --a--  ", "a"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("ภาษาไทยที่ดี", "ภาษาไทยที่ดี"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("cafe\u0301", "café"),
        ("❤\ufe0f tea", "tea"),
        ("1\ufe0f\u20e3 one", "1-one"),
        ("हि" * 60, "हि" * 50),
        ("अ" + "हि" * 60, "अ" + "हि" * 49),
    ],
)
def test_a_title_becomes_an_address(title, slug):
    assert slug_for(title) == slug


def test_a_slug_with_marks_can_be_saved_in_the_admin_and_read(desk):
    post = make_post(title="हिन्दी भाषा")
    url = reverse("admin:blog_post_change", args=[post.pk])
    form = {
        "title": "हिन्दी",
        "slug": "हिन्दी-भाषा",
        "text": "x",
        "language": "en",
        "status": "published",
        "topic_order": 0,
        "author": post.author_id,
        "redirects-TOTAL_FORMS": 0,
        "redirects-INITIAL_FORMS": 0,
    }

    answer = desk.post(url, form)

    assert answer.status_code == 302, answer.context["errors"]
    assert desk.get("/post/हिन्दी-भाषा/").status_code == 200
    refused = desk.post(url, form | {"slug": "a/b"})
    assert "letters, numbers" in str(refused.context["errors"])


def test_two_posts_of_one_title_get_two_addresses():
    first, second, third = (make_post(title="Tea") for _ in range(3))

    assert [first.slug, second.slug, third.slug] == ["tea", "tea-2", "tea-3"]


def test_a_title_of_punctuation_still_gets_an_address(client):
    post = make_post(title="……")

    assert client.get(post.url).status_code == 200


def test_the_id_works_and_redirects(client):
    post = make_post()

    answer = client.get(f"/post/{post.pk}/")

    assert (answer.status_code, answer.url) == (301, post.url)


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
def test_an_id_of_nothing_is_not_found(client, number):
    assert client.get(f"/post/{number}/").status_code == 404


def test_an_old_slug_redirects_for_ever(client):
    post = make_post(title="茶")
    first = post.url
    for slug in ("tea", "tea-and-more"):
        post.slug = slug
        post.save()

    for old in (first, "/post/tea/"):
        answer = client.get(old)
        assert (answer.status_code, answer.url) == (301, "/post/tea-and-more/")


def test_a_slug_taken_back_does_not_redirect_in_circles(client):
    post = make_post(title="Tea")
    for slug in ("other", "tea"):
        post.slug = slug
        post.save()

    assert client.get("/post/tea/").status_code == 200
    assert client.get("/post/other/").url == "/post/tea/"


def test_the_old_slug_of_a_draft_tells_nothing(client):
    post = make_post(title="Tea", status="draft")
    post.slug = "other"
    post.save()

    assert client.get("/post/tea/").status_code == 404


def test_an_old_page_slug_redirects(client):
    page = make_page(title="About")
    page.slug = "who"
    page.save()

    assert client.get("/p/about/").url == "/p/who/"


@pytest.mark.parametrize(
    "asked", ["/2013/12/25/tea/", "/2013/12/25/tea", "/2013/12/25/tea/index.html", "/2013/12/25/tea.html"]
)
def test_an_imported_address_redirects_in_each_spelling(client, asked):
    post = make_post()
    Redirect.objects.create(path=asked if asked.endswith("tea.html") else "/2013/12/25/tea/", post=post)

    answer = client.get(asked)

    assert (answer.status_code, answer.url) == (301, post.url)


def test_a_missing_slash_is_added_and_the_query_kept(client):
    answer = client.get("/archives?from=mail")

    assert (answer.status_code, answer.url) == (301, "/archives/?from=mail")


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/%00/", "/post/a%2Fb/", "/tag/no/"])
def test_an_unknown_address_is_the_sites_own_404(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "<main" in answer.content.decode()
