"""A tag or topic that only drafts and scheduled posts bear is nothing that strangers know."""

import pytest

from blog.models import Post, Tag
from tests import people
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.django_db

PATHS = [
    *("/tag/secret/", "/tag/secret/page/1/", "/tag/secret/atom.xml", "/tag/secret/rss.xml", "/tag/secret/feed.json"),
    *("/topic/plans/", "/topic/plans/atom.xml", "/topic/plans/rss.xml", "/topic/plans/feed.json"),
    *("/api/tags/secret/", "/api/topics/plans/"),
]
LISTS = [
    *("/", "/tags/", "/topics/", "/archives/", "/search/?q=secret", "/sitemap.xml", "/atom.xml", "/feed.json"),
    *("/api/tags/", "/api/topics/", "/api/posts/", "/api/posts/?tag=secret", "/api/posts/?topic=plans"),
    *("/api/search/?q=secret", "/api/search/?q=plans", "/post/open/", "/api/posts/open/?expand=tags,topic"),
]


@pytest.fixture(autouse=True)
def posts(ann):
    topic = make_topic("Plans")
    make_post(title="Open", tags=("tea",))
    make_post(title="Hidden", status=Post.Status.DRAFT, tags=("secret", "tea"), topic=topic)
    make_post(title="To come", days_ago=-1, tags=("secret",), topic=topic)
    Tag.objects.create(name="Empty")


@pytest.mark.parametrize("path", [*PATHS, "/tag/empty/", "/api/tags/empty/"])
def test_it_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_no_list_names_it(client, path):
    page = client.get(path)

    said = page.content.decode().lower()
    assert page.status_code == 200
    if "?" not in path:
        assert "secret" not in said
        assert "plans" not in said
    assert "/tag/secret" not in said
    assert "/topic/plans" not in said


def test_who_publishes_finds_it_by_the_api(client, desk):
    assert desk.get("/api/tags/secret/").json()["n_posts"] == 0
    assert "secret" in [tag["slug"] for tag in desk.get("/api/tags/").json()["results"]]


def test_a_reader_who_is_signed_in_does_not(client):
    client.force_login(people.bob())

    assert client.get("/api/tags/secret/").status_code == 404


@pytest.mark.parametrize("path", PATHS[:1] + PATHS[2:])
def test_it_is_found_once_a_post_is_published(client, path):
    Post.objects.filter(slug="hidden").update(status=Post.Status.PUBLISHED)

    assert client.get(path).status_code == 200
