"""What several write at the same instant: the database decides, and nobody gets an error of the server's."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog.models import Page, Post, Tag, Topic
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)

N = 6


@pytest.fixture(autouse=True)
def ready():
    """Who asks first looks for content types; that is not what is tested."""
    ann = people.ann()
    client = Client()
    client.force_login(ann)
    return client.cookies


def at_once(cookies, ask, n: int = N) -> list:
    """The answers to `ask(client, number)` of clients that all begin at the same moment."""
    start = Barrier(n, timeout=30)

    def run(number: int):
        client = Client(raise_request_exception=False)
        client.cookies = cookies
        try:
            start.wait()
            return ask(client, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


@pytest.mark.parametrize(
    ("url", "model", "field"),
    [
        ("/api/posts/", Post, "title"),
        ("/api/pages/", Page, "title"),
    ],
)
@pytest.mark.parametrize("_again", range(3))
def test_entries_of_one_title_get_slugs_of_their_own(ready, url, model, field, _again):
    answers = at_once(ready, lambda client, _n: client.post(url, {field: "Tea"}, content_type="application/json"))

    assert [answer.status_code for answer in answers] == [201] * N
    assert set(model.objects.values_list("slug", flat=True)) == {"tea", *(f"tea-{n}" for n in range(2, N + 1))}


@pytest.mark.parametrize("_again", range(3))
def test_posts_of_one_title_written_in_the_admin_get_slugs_of_their_own(ready, _again):
    form = {
        "title": "Tea",
        "text": "x",
        "status": "draft",
        "topic_order": 0,
        "language": "en",
        "author": people.ann().pk,
        "redirects-TOTAL_FORMS": 0,
        "redirects-INITIAL_FORMS": 0,
    }
    answers = at_once(ready, lambda client, _n: client.post(reverse("admin:blog_post_add"), form))

    assert [answer.status_code for answer in answers] == [302] * N
    assert Post.objects.values("slug").distinct().count() == N


@pytest.mark.parametrize("_again", range(3))
def test_spellings_of_one_new_tag_make_one(ready, _again):
    names = ["Python", "PYTHON", "python", "Ｐython", "py\u200bthon", "Python "]

    def ask(client: Client, n: int):
        said = {"title": f"Post {n}", "tags": [names[n], "tea"], "topic": names[n]}
        return client.post("/api/posts/", said, content_type="application/json")

    answers = at_once(ready, ask)

    assert [answer.status_code for answer in answers] == [201] * N
    assert sorted(name.casefold() for name in Tag.objects.values_list("name_key", flat=True)) == ["python", "tea"]
    assert Topic.objects.get().posts.count() == N
    assert all(post.tags.count() == 2 for post in Post.objects.all())


def test_of_tags_of_one_name_made_in_the_admin_one_is_made(ready):
    answers = at_once(ready, lambda client, _n: client.post(reverse("admin:blog_tag_add"), {"name": "Tea"}))

    assert sorted(answer.status_code for answer in answers) == [200] * (N - 1) + [302]
    assert Tag.objects.get().slug == "tea"


def test_of_posts_that_ask_for_one_slug_one_gets_it(ready):
    said = {"title": "Tea", "slug": "mine"}
    answers = at_once(ready, lambda client, _n: client.post("/api/posts/", said, content_type="application/json"))

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (N - 1)
    assert Post.objects.count() == 1
